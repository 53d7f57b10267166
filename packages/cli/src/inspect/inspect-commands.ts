import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { examples, note } from '../command-help.js';
import type { CommandHost } from '../command-host.js';

/** Adds the commands that look into a running router; see `addCommands`. */
export function addInspectCommands(program: Command, host: CommandHost): void {
  addTree(program, host);
  addInspect(program, host);
  addTrace(program, host);
  addProfile(program, host);
  addLog(program, host);
  addTraces(program, host);
  addDisconnect(program, host);
}

function addTree(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('tree').summary('the supervision tree'))
    .description(
      'Shows the actors of a running router below their supervisors: behaviour, version, what waits, how often they were restarted. Of many children only the deepest.',
    )
    .option('--deepest <number>', 'how many of many children are shown, 0 to 1000', '5')
    .option('--json', 'print the answer as it is')
    .action(host.runs(async () => (await import('./tree-command.js')).treeCommand));
  examples(command, [
    ['mailbeam tree', ''],
    ['mailbeam tree --deepest 20', 'the 20 users with the most that waits'],
  ]);
}

function addInspect(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('inspect').summary('one user, service or actor'))
    .description(
      'Shows what is known of a user, a service or an actor: connection, what waits and where, version, status, size of the state. Never what a message says.',
    )
    .argument('<target>', "a user, '$SERVICE', or an actor: '<12>', 12, or its registered name")
    .option('--kind <kind>', 'user, service or actor, where a name could mean several')
    .option('--deepest <number>', 'of a service: how many lanes are shown, 0 to 1000', '5')
    .option('--json', 'print the answer as it is')
    .action(host.runs(async () => (await import('./inspect-command.js')).inspectCommand));
  examples(command, [
    ['mailbeam inspect alice', 'also if she is away'],
    ["mailbeam inspect '$ledger'", 'in quotes: the shell would take $ledger for a variable'],
    ['mailbeam inspect 12', 'the actor <12>, as `mailbeam tree` shows it'],
  ]);
  note(command, ['A user is given by name, or by the pseudonym that stands in the log (while connected).']);
}

function addTrace(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('trace').summary('what an actor does, live'))
    .description(
      'Shows what an actor receives and sends and how long it takes for each message, as it happens: of a user the session, of a service or a behaviour all its actors. Shapes only, never what a message says.',
    )
    .argument('<target>', "a user, '$SERVICE', an actor ('<12>', 12, its name), or a behaviour such as session")
    .option('--for <time>', 'how long: 10s, 500ms, 2m; at most 4m', '10s')
    .option('--rate <number>', 'most events a second, 1 to 1000; the rest is counted', '100')
    .option('--kind <kind>', 'user, service, actor or behaviour, where a name could mean several')
    .option('--json', 'one JSON object a line')
    .action(host.runs(async () => (await import('./trace-command.js')).traceCommand));
  examples(command, [
    ['mailbeam trace alice', 'for 10 s'],
    ["mailbeam trace '$ledger' --for 1m --json", 'for scripts'],
    ['mailbeam trace session --rate 10', 'a few events of all sessions'],
  ]);
  note(command, [
    'Of a user it shows what the client sends; what is delivered to it does not pass the session (`mailbeam inspect`).',
    'A user who is not connected is waited for. Ctrl-C ends it.',
    'Made for production: an actor that is not traced is not slowed down.',
  ]);
}

function addProfile(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('profile').summary('where the time of a router goes'))
    .description(
      'Takes a CPU profile of a running router: time by behaviour, version and handler, and a .cpuprofile file for the usual tools (DevTools, VS Code, speedscope).',
    )
    .option('--for <time>', 'how long: 10s, 500ms; at most 2m', '10s')
    .option('--interval <time>', 'time between two samples, 0.1ms to 1s', '1ms')
    .option('--out <file>', 'where the profile goes (default mailbeam-TIME.cpuprofile in this directory)')
    .option('--json', 'print where the time went and what it cost as one JSON object')
    .action(host.runs(async () => (await import('../profile/profile-command.js')).profileCommand));
  examples(command, [
    ['mailbeam profile', 'ten seconds'],
    ['mailbeam profile --for 30s --out slow.cpuprofile', ''],
    ['mailbeam profile --for 2s --json | jq ".handlers[0]"', 'for scripts'],
  ]);
  note(command, [
    'The router goes on meanwhile, and pays about 5 % more CPU a message; what the profile cost it is printed.',
    'Ctrl-C gives it up.',
    'Names of functions, files and lines only: nothing of a message, nothing of a token.',
  ]);
}

function addLog(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('log').summary('how much a router logs'))
    .description(
      'Shows how much each area of a running router logs, or changes it, for a time or until the router ends.',
    )
    .argument('[level]', 'trace, debug, info, warn, error, fatal or silent')
    .option('--area <area>', 'only node, clients, actors, handlers, code, alerts or admin')
    .option('--for <time>', 'only so long: 10m, 30s, at most 24h; then as it was')
    .option('--json', 'print the answer as it is')
    .action(host.runs(async () => (await import('../log/log-command.js')).logCommand));
  examples(command, [
    ['mailbeam log', ''],
    ['mailbeam log debug --for 10m', 'more of everything, for ten minutes'],
    ['mailbeam log trace --area clients --for 30s', 'each message that comes in, by its size'],
  ]);
  note(command, [
    'What is set here outlives a node that dies, within its time, and is forgotten when the router ends:',
    'log.level of the configuration is what stays.',
  ]);
}

function addTraces(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('traces').summary('how many messages a router traces'))
    .description(
      'Shows which share of the messages a running router traces with OpenTelemetry, or changes it, for a time or until the router ends.',
    )
    .option('--sample <share>', 'so many of the messages: 1%, 0.1%, 100%; 0 is none')
    .option('--for <time>', 'only so long: 10m, 30s, at most 24h; then as it was')
    .option('--json', 'print the answer as it is')
    .action(host.runs(async () => (await import('../traces/traces-command.js')).tracesCommand));
  examples(command, [
    ['mailbeam traces', ''],
    ['mailbeam traces --sample 1% --for 10m', 'more of them, for ten minutes'],
  ]);
  note(command, [
    'What is set here outlives a node that dies, within its time, and is forgotten when the router ends.',
    'Where they go, and how many at rest: traces.endpoint and traces.sample of the configuration.',
    'What one actor or user does, here and now: `mailbeam trace`.',
  ]);
}

function addDisconnect(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('disconnect').summary('end the connection of a user'))
    .description('Ends the connection of a user with 4006 going_away: a client that is there connects again.')
    .argument('<user>', 'the name, or the pseudonym that stands in the log')
    .option('--json', 'print the answer as it is')
    .action(host.runs(async () => (await import('./disconnect-command.js')).disconnectCommand));
  examples(command, [['mailbeam disconnect alice', 'nothing is lost: what she has not acked comes again']]);
}
