using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Models;

/// <summary>
/// Has the forms of the model checked, once on each machine and for each version. The better one is put in force where nobody has chosen a
/// model and there are no vectors yet; elsewhere it is a proposal in <see cref="ModelList"/>.
/// </summary>
public sealed class ChooseFormActor : ReceiveActor
{
    /// <summary>The model may have to be fetched first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private readonly ModelPorts _ports;
    private string _form = "";

    public ChooseFormActor(ModelPorts ports)
    {
        _ports = ports;
        Receive<ModelsChecked>(OnChecked);
        Receive<IndexProtocol.StatisticsFound>(OnStatistics);
        Receive<ModelUsed>(used =>
        {
            Context.GetLogger().Info("{0} is in force: it is the better one on this machine", used.ModelId);
            Context.Stop(Self);
        });
        Receive<ModelProgress>(_ => { });
        Receive<Failure>(failure =>
        {
            Context.GetLogger().Info("The forms of the model were not checked, or not changed: {0}", failure.Message);
            Context.Stop(Self);
        });
        Receive<RequestFailed>(_ => Context.Stop(Self));
        Receive<ReceiveTimeout>(_ => Context.Stop(Self));
    }

    public static Props CreateProps(ModelPorts ports) => Props.Create(() => new ChooseFormActor(ports));

    protected override void PreStart()
    {
        Context.SetReceiveTimeout(Patience);
        Request(header => new CheckModels(header));
    }

    private void OnChecked(ModelsChecked check)
    {
        if (check.Better && _ports.Models.Catalog.IsStandard)
        {
            _form = check.FormId;
            _ports.Index.Tell(new IndexProtocol.GetStatistics(Guid.NewGuid(), check.SourceId));
        }
        else
        {
            Context.Stop(Self);
        }
    }

    private void OnStatistics(IndexProtocol.StatisticsFound found)
    {
        if (found.Statistics.Vectors == 0)
        {
            Request(header => new UseModel(header, _form, Rollback: false, DryRun: false));
        }
        else
        {
            Context.Stop(Self);
        }
    }

    private void Request<TRequest>(Func<RequestHeader, TRequest> request)
        where TRequest : IRequest =>
        Context.Parent.Tell(new Authorized<TRequest>(
            request(new RequestHeader(Guid.NewGuid(), Guid.Empty, Context.System.Scheduler.Now + Patience)), Self, ClientId.Host));
}
