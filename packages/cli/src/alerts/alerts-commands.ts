import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { examples, note } from '../command-help.js';
import type { CommandHost } from '../command-host.js';

/** Adds `alerts`, and what is below it; see `addCommands`. */
export function addAlertsCommands(program: Command, host: CommandHost): void {
  // so that what is below may have flags of the same names
  const command = addAdminFlags(program.command('alerts').summary('what fires, silences, rules'))
    .enablePositionalOptions()
    .description('Shows the alerts that fire: which mailbox, since when, who consumes it and who fills it.')
    .option('--follow', 'go on, and tell each change as it happens, until Ctrl-C')
    .option('--json', 'print the answer as it is; with --follow one JSON object a line')
    .action(host.runs(async () => (await import('./alerts-command.js')).alertsCommand));
  examples(command, [
    ['mailbeam alerts', ''],
    ['mailbeam alerts --follow --json', 'for scripts: type is firing, resolved or silenced'],
    ['mailbeam alerts silence ben --for 2h', 'nothing about the mailbox of ben for two hours'],
  ]);
  note(command, ['With --follow a router that goes away is waited for. What each alert means: docs/operations.md.']);
  addSilence(command, host);
  addSilences(command, host);
  addUnsilence(command, host);
  addRules(command, host);
}

function addSilence(alerts: Command, host: CommandHost): void {
  const command = addAdminFlags(alerts.command('silence').summary('do not tell some alerts for a time'))
    .description('Keeps alerts from being told until a time. What still fires then is told. A restart does not end it.')
    .argument('[what]', 'RULE, MAILBOX, or RULE/MAILBOX; * stands for anything')
    .option('--rule <pattern>', 'the rule, where a mailbox has the same name')
    .option('--mailbox <pattern>', 'the mailbox, where a rule has the same name, or its name has a / in it')
    .option('--class <class>', 'only mailboxes that are session, away, service, group or system')
    .option('--for <time>', 'how long: 30m, 2h, 3d; at most a year', '1h')
    .option('--reason <text>', 'why, for others to read')
    .option('--by <who>', 'who wants it (default: your user name)')
    .option('--json', 'print the silence as one JSON object')
    .action(host.runsBelow(async () => (await import('./silence-commands.js')).silenceCommand));
  examples(command, [
    ['mailbeam alerts silence ben --for 2h --reason "his phone is in repair"', ''],
    ['mailbeam alerts silence mailbox_backlog/ben', 'one rule, one mailbox, for an hour'],
    ['mailbeam alerts silence --rule "consumer_*" --class service --for 30m', ''],
  ]);
}

function addSilences(alerts: Command, host: CommandHost): void {
  const command = addAdminFlags(alerts.command('silences').summary('what is silenced'))
    .description('Lists the silences that have not ended, the one that ends first on top.')
    .option('--json', 'print the answer as it is')
    .action(host.runsBelow(async () => (await import('./silence-commands.js')).silencesCommand));
  examples(command, [['mailbeam alerts silences', 'the ids are for `mailbeam alerts unsilence`']]);
}

function addUnsilence(alerts: Command, host: CommandHost): void {
  const command = addAdminFlags(alerts.command('unsilence').summary('end silences'))
    .description('Ends silences now: what they kept quiet and still fires is told.')
    .argument('<id...>', 'as `mailbeam alerts silences` lists them')
    .option('--json', 'print one JSON object a line')
    .action(host.runsBelow(async () => (await import('./silence-commands.js')).unsilenceCommand));
  examples(command, [['mailbeam alerts unsilence mi4u1k2s-1', '']]);
}

function addRules(alerts: Command, host: CommandHost): void {
  const rules = addAdminFlags(alerts.command('rules').summary('by what rules alerts fire'))
    .enablePositionalOptions()
    .description('Shows the alert rules in force, and who set them.')
    .option('--json', 'print the answer as it is')
    .action(host.runsBelow(async () => (await import('./rules-commands.js')).rulesCommand));
  examples(rules, [
    ['mailbeam alerts rules', ''],
    ['mailbeam alerts rules --json > rules.json', 'to change them, for `mailbeam alerts rules set`'],
  ]);
  const set = addAdminFlags(rules.command('set').summary('judge by other rules'))
    .description('Puts the rules of a file in the place of all, or one rule in the place of the one of its name.')
    .argument('<file>', 'JSON: a list of rules, {"rules": [...]}, or one rule; - takes it from standard input')
    .option('--json', 'print the rules that are in force then')
    .action(host.runsBelow(async () => (await import('./rules-commands.js')).setRulesCommand));
  examples(set, [
    ['mailbeam alerts rules set rules.json', 'all of them'],
    ['echo \'{"name":"deep","warning":{"depth":500}}\' | mailbeam alerts rules set -', 'one, new or changed'],
  ]);
  note(set, [
    'At once and without a restart; they stay in force through restarts, until `mailbeam alerts rules reset`.',
  ]);
  const reset = addAdminFlags(rules.command('reset').summary('back to the rules of the configuration'))
    .description('Goes back to the rules of the configuration, alerts.rules.')
    .option('--json', 'print the rules that are in force then')
    .action(host.runsBelow(async () => (await import('./rules-commands.js')).resetRulesCommand));
  examples(reset, [['mailbeam alerts rules reset', '']]);
}
