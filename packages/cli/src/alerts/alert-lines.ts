import { alertText } from '@mailbeam/router/admin-views';
import type { Alert, AlertEvent, AlertJson, AlertsView } from '@mailbeam/router/admin-views';
import type { Output, TextStyle } from '../output.js';
import { shownText } from '../shown-text.js';

/** A change of an alert, as the admin port tells it. */
export interface AlertChange {
  readonly type: AlertEvent['type'];
  readonly alert: AlertJson;
}

/** Everything that fires, an empty line between two; then how much is silenced. */
export function alertsLines({ alerts, silences }: AlertsView, output: Output): string[] {
  const blocks = alerts.flatMap((alert, i) => [
    ...(i === 0 ? [] : ['']),
    ...changeLines({ type: 'firing', alert }, output),
  ]);
  const quiet = silences.map(({ id, until, rule = '*', mailbox = '*', by, comment }) => {
    const why = [by, comment].filter((text) => text !== undefined).join(': ');
    const text = `silence ${id}: ${rule} of ${mailbox}, until ${new Date(until).toISOString()}${why === '' ? '' : ` (${why})`}`;
    return output.style('dim', shownText(text));
  });
  return [...(blocks.length === 0 ? ['nothing fires'] : blocks), ...quiet];
}

/** One change: a line that says what, then what is known of it. */
export function changeLines({ type, alert }: AlertChange, output: Output): string[] {
  const [title = '', ...details] = alertText({ type, alert: alertOf(alert) })
    .split('\n')
    .map(shownText);
  return [output.style(styleOf(type, alert), title), ...details.map((line) => `  ${line}`)];
}

function styleOf(type: AlertChange['type'], { severity }: AlertJson): TextStyle {
  if (type === 'resolved') return 'green';
  if (type === 'silenced') return 'dim';
  return severity === 'critical' ? 'red' : 'yellow';
}

/** JSON has no infinite numbers. */
function alertOf(alert: AlertJson): Alert {
  const { figures } = alert;
  if (figures === null) return { ...alert, figures };
  const { drainSeconds } = figures;
  const seconds = drainSeconds === 'never' ? Infinity : (drainSeconds ?? undefined);
  return { ...alert, figures: { ...figures, drainSeconds: seconds } };
}
