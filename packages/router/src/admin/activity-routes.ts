import type { ActivityColumn } from '@mailbeam/telemetry/activity';
import type { NodeRecorder } from '../telemetry/node-recorder.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

const MOST_SECONDS = 3_600;
/** An hour of so many is put into JSON within a few ms. */
const MOST_COLUMNS = 16;

/** The last seconds that were recorded, oldest first. */
export interface ActivityView {
  readonly columns: readonly ActivityColumn[];
  readonly rows: readonly {
    /** Ms since the epoch. */
    readonly at: number;
    /** The node was started before it. */
    readonly start: boolean;
    /** By column; null: not known. */
    readonly values: readonly (number | null)[];
  }[];
}

/**
 * The newest part of what the activity recorder has written; all of it is in the file.
 * @param recorder asked at each request: it is begun right after the admin port is bound
 */
export function activityRoutes(recorder: () => NodeRecorder): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/activity',
      handle: async (_params, query) => {
        const seconds = Number(query.get('seconds') ?? 600);
        if (!Number.isInteger(seconds) || seconds < 1 || seconds > MOST_SECONDS)
          return refused(400, 'bad_option', `seconds is a whole number from 1 to ${MOST_SECONDS}`);
        const names = (query.get('columns') ?? '').split(',').filter((name) => name !== '');
        if (names.length < 1 || names.length > MOST_COLUMNS)
          return refused(400, 'bad_option', `columns are 1 to ${MOST_COLUMNS} names with commas between them`);
        const activity = await recorder().last(seconds);
        if (activity === undefined)
          return refused(404, 'not_recorded', 'nothing is recorded: telemetry.recordedHours is 0, or it has not begun');
        const places = names.map((name) => activity.columns.findIndex((column) => column.name === name));
        const unknown = names.find((_, i) => places[i] === -1);
        if (unknown !== undefined) return refused(400, 'bad_option', `there is no column ${unknown}`);
        const view: ActivityView = {
          columns: places.map((place) => activity.columns[place]!),
          rows: activity.rows.slice(-seconds).map(({ at, isStart, values }) => ({
            ...{ at, start: isStart },
            values: places.map((place) => (Number.isNaN(values[place]!) ? null : values[place]!)),
          })),
        };
        return { status: 200, body: view };
      },
    },
  ];
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}
