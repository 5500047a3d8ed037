// LocalRecall for OpenCode. Written by `recall install opencode`, removed by `recall uninstall opencode`; changes to it are lost then.
// It hands what happens in a session to `recall hook`, and what that answers to the model. Nothing here ever fails a session.
import { spawn } from "node:child_process"

const recall = "recall" // set by the installer
const limitMs = 2000

/** Runs one hook; resolves to the text for the model, or "". */
function hook(event, input) {
  return new Promise(resolve => {
    try {
      const child = spawn(recall, ["hook", event, "--agent", "opencode"], { stdio: ["pipe", "pipe", "ignore"], windowsHide: true })
      const timer = setTimeout(() => { child.kill(); resolve("") }, limitMs)
      let output = ""
      child.stdout.on("data", data => { output += data })
      child.stdin.on("error", () => {})
      child.on("error", () => { clearTimeout(timer); resolve("") })
      child.on("close", () => {
        clearTimeout(timer)
        try { resolve(JSON.parse(output).hookSpecificOutput?.additionalContext ?? "") } catch { resolve("") }
      })
      child.stdin.end(JSON.stringify({ hook_event_name: event, ...input }))
    } catch { resolve("") }
  })
}

/** What is known of each session: the text from its start, the text for its latest prompt, that prompt. */
class Sessions {
  known = new Map()

  async prompt(id, cwd, prompt) {
    let session = this.known.get(id)
    if (!session) {
      this.known.set(id, session = { start: "", now: "", prompt: "" })
      session.start = await hook("SessionStart", { session_id: id, cwd, source: "startup" })
    }
    session.prompt = prompt
    session.now = ""
    if (prompt) session.now = await hook("UserPromptSubmit", { session_id: id, cwd, prompt })
  }

  contexts(id) {
    const session = this.known.get(id)
    return session ? [session.start, session.now].filter(text => text) : []
  }

  async end(id, cwd) {
    if (this.known.delete(id)) await hook("SessionEnd", { session_id: id, cwd })
  }
}

const textOf = parts => (parts ?? []).filter(part => part.type === "text" && !part.synthetic && !part.ignored).map(part => part.text).join("\n")

/** OpenCode 1. */
async function server({ directory: cwd, client }) {
  const sessions = new Sessions()

  async function stop(id) {
    const session = sessions.known.get(id)
    if (!session?.prompt) return
    const messages = (await client.session.messages({ path: { id } }))?.data ?? []
    const last = messages.findLast(message => message.info?.role === "assistant")
    const answer = textOf(last?.parts)
    if (answer) await hook("Stop", { session_id: id, cwd, prompt: session.prompt, last_assistant_message: answer })
    session.prompt = ""
  }

  return {
    "chat.message": async (input, output) => {
      await sessions.prompt(input.sessionID, cwd, textOf(output.parts)).catch(() => {})
    },
    "experimental.chat.system.transform": async (input, output) => {
      if (input.sessionID) output.system.push(...sessions.contexts(input.sessionID))
    },
    event: async ({ event }) => {
      try {
        if (event.type === "session.idle") await stop(event.properties.sessionID)
        else if (event.type === "session.deleted") await sessions.end(event.properties.info?.id, cwd)
      } catch {}
    },
  }
}

/** OpenCode 2. It offers no final answer to plugins, so nothing is recorded there: the agent remembers through its MCP tools. */
async function setup(ctx) {
  const sessions = new Sessions()
  const cwd = ctx.location?.directory ?? process.cwd()
  await ctx.session.hook("prompt", async event => {
    await sessions.prompt(event.sessionID, cwd, event.prompt?.text ?? "").catch(() => {})
  })
  await ctx.session.hook("context", event => {
    for (const text of sessions.contexts(event.sessionID)) event.system?.push({ type: "text", text })
  })
}

export default { id: "localrecall", server, setup }
