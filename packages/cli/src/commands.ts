import type { Command } from 'commander';
import { addAdminFlags } from './admin-flags.js';
import { addCodeCommands } from './code/code-commands.js';
import { examples, note } from './command-help.js';
import type { CommandHost } from './command-host.js';
import { addConfigFlags } from './config-flags.js';
import { addDeadLetterCommands } from './deadletters/dead-letter-commands.js';
import { addConsole } from './console/add-console.js';
import { addInspectCommands } from './inspect/inspect-commands.js';
import { addMailboxCommands } from './mailbox/mailbox-commands.js';
import type { Output } from './output.js';
import type { StartFlags } from './start/start-command.js';
import { addHealthCommands } from './top/health-commands.js';
import { addStoreCommands } from './store/store-commands.js';

/**
 * Adds every command to the program; each hands its exit status to its host. A command's module is loaded when
 * it runs, so that `-h` and `send` do not wait for what `start` needs.
 */
export function addCommands(program: Command, host: CommandHost): void {
  addStart(program, host);
  addChat(program, host);
  addSend(program, host);
  addListen(program, host);
  addCodeCommands(program, host);
  addStatus(program, host);
  addHealthCommands(program, host);
  addInspectCommands(program, host);
  addDeadLetterCommands(program, host);
  addConsole(program, host);
  addMailboxCommands(program, host);
  addStoreCommands(program, host);
  addConfig(program, host);
}

function addStart(program: Command, host: CommandHost): void {
  const command = addConfigFlags(program.command('start').summary('start a router'))
    .description(
      'Starts a router and keeps it running: a node that dies is started again on the same ports. Results go to standard output, the log to standard error.',
    )
    .option('--json', 'print one line when ready: {"ready":true,"port":N,"adminPort":N,"pid":N}')
    .action(
      host.runs(async () => {
        const { startCommand } = await import('./start/start-command.js');
        return (flags: StartFlags, output: Output) => startCommand(flags, output);
      }),
    );
  examples(command, [
    ['mailbeam start', 'ws://127.0.0.1:4000, admin on 4001, messages in ./data'],
    ['mailbeam start --port 0 --admin-port 0 --json', 'free ports, told in one line of JSON'],
    ['MAILBEAM_LIMITS_RATE=50 mailbeam start', 'any key of the configuration, by its variable'],
  ]);
  note(command, [
    'SIGTERM, SIGINT: no new connections, clients are told to go, everything is flushed, exit 0 within 5 s.',
    'A second one ends it at once; what was accepted is kept.',
    'Exit codes: 0 drained, 2 configuration, 6 the node could not be started, 7 it died too often, 8 drain not over in time.',
  ]);
}

function addChat(program: Command, host: CommandHost): void {
  const command = addUserFlags(program.command('chat').summary('talk to somebody'))
    .description(
      'A conversation. Each line is sent when you press Enter; what comes for you is shown and counts as read.',
    )
    .requiredOption('--to <name>', 'who you talk to')
    .option('--timeout <seconds>', 'longest wait for the last answers when the input ends', '10')
    .action(host.runs(async () => (await import('./talk/chat-command.js')).chatCommand));
  examples(command, [
    ['mailbeam chat --as alice --to bob', 'Ctrl-D or Ctrl-C leaves'],
    ['fortune | mailbeam chat --as alice --to bob', 'through a pipe: one line for each thing that happens'],
  ]);
  note(command, [
    'In front of each line of yours:  …  on its way   ·  accepted   ✓  delivered   ✓✓ read   ✗  refused',
    'Exit codes: 0 all accepted, 3 something was refused, 4 something was not answered, 5 closed for good.',
  ]);
}

function addSend(program: Command, host: CommandHost): void {
  const command = addUserFlags(program.command('send').summary('send one message'))
    .description(
      'Sends one message, and is done when the router is answerable for it: it waits until its recipient has it.',
    )
    .argument('<text...>', 'the message; - takes it from standard input, byte for byte')
    .requiredOption('--to <name>', 'who gets it')
    .option('--ttl <seconds>', 'give it up when it was not delivered in that time')
    .option('--timeout <seconds>', 'longest wait, for the connection and the answer together', '10')
    .option('--json', 'print the answer as one JSON object')
    .action(host.runs(async () => (await import('./talk/send-command.js')).sendCommand));
  examples(command, [
    ['mailbeam send --as alice --to bob "lunch?"', ''],
    ['mailbeam send --as alice --to bob - < photo.jpg', 'any bytes'],
    ['df -h | mailbeam send --as web1 --to ops --ttl 3600 -', 'not worth reading after an hour'],
  ]);
  note(command, [
    'Exit codes: 0 accepted, 2 usage, 3 rejected, 4 not reached or not answered in time, 5 closed for good.',
    'After 4 the words on standard error tell whether the message is kept and sent next time, or nothing was sent.',
  ]);
}

function addListen(program: Command, host: CommandHost): void {
  const command = addUserFlags(program.command('listen').summary('print what comes for a user'))
    .description(
      'Prints the messages for a user, one a line, oldest first. Each is acked, and so erased at the router, once its line is written.',
    )
    .option('--json', 'one JSON object a line: from, origin, cid, ts, and text or, where it is not UTF-8, base64')
    .option('--read', 'tell the senders that their messages were read')
    .option('--count <number>', 'end after so many messages')
    .action(host.runs(async () => (await import('./talk/listen-command.js')).listenCommand));
  examples(command, [
    ['mailbeam listen --as bob', 'until Ctrl-C'],
    ['mailbeam listen --as bob --json | jq -r .text', 'for scripts'],
    ['mailbeam listen --as bob --count 1', 'wait for one message'],
  ]);
  note(command, ['Exit codes: 0 ended by a signal or --count, 2 usage, 5 closed for good.']);
}

function addStatus(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('status').summary('how a router is'))
    .description('Asks the admin port of a running router how it is.')
    .option('--json', 'print the answer as it is')
    .action(host.runs(async () => (await import('./status-command.js')).statusCommand));
  examples(command, [
    ['mailbeam status', 'of the router that this directory is configured for'],
    ['mailbeam status --admin http://127.0.0.1:5001 --data /srv/mailbeam', 'of another one on this machine'],
    ['mailbeam status --json | jq .pendingMessages', 'for scripts'],
  ]);
}

function addConfig(program: Command, host: CommandHost): void {
  const command = addConfigFlags(program.command('config').summary('the configuration in force'))
    .description(
      'Prints every key, its value, and where the value comes from: default, file, environment or flag; the later wins.',
    )
    .option('--json', 'print an object with file, config and sources')
    .option('--describe', 'print what every key means, its default and what is allowed, and stop')
    .action(host.runs(async () => (await import('./config-command.js')).configCommand));
  examples(command, [
    ['mailbeam config', 'what `mailbeam start` would use here'],
    ['MAILBEAM_PORT=5000 mailbeam config --config other.json', 'with a variable and a file'],
  ]);
}

function addUserFlags(command: Command): Command {
  return command
    .requiredOption('--as <name>', 'who you are')
    .option('--url <url>', 'the router (default: MAILBEAM_URL, or from the configuration ws://127.0.0.1:4000)')
    .option('--token <token>', 'your token (default: MAILBEAM_TOKEN, or your name, which is what open mode takes)')
    .option(
      '--state <file>',
      'keeps the numbers of what you sent and saw (default: a file below ~/.local/state/mailbeam)',
    )
    .option('--config <file>', 'configuration file to find the router by');
}
