/** One event: its data, and its id where it has one. Without data: only how far one has come. */
export interface ServerSentEvent {
  readonly id: string | undefined;
  readonly data: string | undefined;
}

/** Reads server-sent events, as they come; comments, and what has neither data nor id, are passed over. */
export async function* serverSentEvents(body: Response['body']): AsyncGenerator<ServerSentEvent> {
  let rest = '';
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [id, data] = [fieldOf(block, 'id'), fieldOf(block, 'data')];
      if (id !== undefined || data !== undefined) yield { id, data };
    }
  }
}

function fieldOf(block: string, name: string): string | undefined {
  const lines = block.split('\n').filter((line) => line.startsWith(`${name}:`));
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(name.length + 1).trimStart()).join('\n');
}
