using LocalRecall.Cli.Output;
using Xunit;

namespace LocalRecall.Tests.Cli.Output;

public sealed class ScreenTests
{
    [Fact]
    public void A_frame_draws_over_what_is_there_and_clears_only_what_is_left() =>
        Assert.Equal("\u001b[Htitle\u001b[K\r\n\u001b[K\r\nbody\u001b[K\u001b[J", Screen.Frame(["title", "", "body"], 80, 24, colour: false));

    [Fact]
    public void A_frame_is_cut_to_the_terminal() =>
        Assert.Equal("\u001b[Habc\u001b[K\r\n123\u001b[K\u001b[J", Screen.Frame(["abcdef", "123", "gone"], width: 3, height: 2, colour: false));

    [Fact]
    public void With_colour_the_first_line_stands_out_and_no_other_even_where_it_is_cut() =>
        Assert.Equal("\u001b[H\u001b[1mabc\u001b[0m\u001b[K\r\n123\u001b[K\u001b[J", Screen.Frame(["abcdef", "123"], width: 3, height: 2, colour: true));
}
