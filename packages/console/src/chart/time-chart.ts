import { html, render } from 'lit-html';
import uPlot from 'uplot';
import { clock } from '../figures.js';
import { aloneIn, largest, valueAt } from './series.js';
import type { Series } from './series.js';
import { timeLabels, wholeSteps } from './time-axis.js';

/** What a chart shows; a change of `series` is drawn at once. */
export interface ChartView {
  readonly title: string;
  /** What is counted, for the heading: `messages a second`. */
  readonly unit: string;
  readonly at: readonly number[];
  readonly series: readonly Series[];
  readonly hidden: ReadonlySet<string>;
  /** Seconds that are shown. */
  readonly span: number;
  /** The top of the axis is never below it, lest noise looks like a mountain. */
  readonly floor: number;
  readonly format: (value: number | null) => string;
  /** Its figures need room for a unit. */
  readonly isLong: boolean;
  /** There is no half of what it counts. */
  readonly isWhole: boolean;
  readonly onToggle: (key: string) => void;
}

const HEIGHT = 168;
const AXIS_WIDTH = 58;

/** A chart of lines over time. Its legend is a row of buttons, each of which says the value under the pointer, else the last one. */
export class TimeChart extends HTMLElement {
  #view: ChartView | null = null;
  #plot: uPlot | null = null;
  #index: number | null = null;
  readonly #head = document.createElement('div');
  readonly #canvas = document.createElement('div');
  readonly #resized = new ResizeObserver(() => this.#fit());
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #repaint = (): void => this.#plot?.redraw(false);

  connectedCallback(): void {
    this.#canvas.className = 'plot';
    this.#canvas.setAttribute('role', 'img');
    this.replaceChildren(this.#head, this.#canvas);
    this.#resized.observe(this.#canvas);
    this.#dark.addEventListener('change', this.#repaint);
    this.#draw();
  }

  disconnectedCallback(): void {
    this.#resized.disconnect();
    this.#dark.removeEventListener('change', this.#repaint);
    this.#plot?.destroy();
    this.#plot = null;
  }

  set view(view: ChartView) {
    this.#view = view;
    if (this.isConnected) this.#draw();
  }

  #draw(): void {
    if (this.#view === null) return;
    const { at, series, hidden } = this.#view;
    this.#plot ??= this.#make(this.#view);
    for (const [i, { key }] of series.entries()) {
      const show = !hidden.has(key);
      if (this.#plot.series[i + 1]!.show !== show) this.#plot.setSeries(i + 1, { show });
    }
    this.#plot.setData([[...at], ...series.map(({ values }) => [...values])]);
    this.#say();
  }

  #make(view: ChartView): uPlot {
    const color = (name: string) => (): string => getComputedStyle(this).getPropertyValue(name).trim();
    const axis = {
      stroke: color('--soft'),
      grid: { stroke: color('--grid'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    const options: uPlot.Options = {
      width: Math.max(160, this.#canvas.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: { sync: { key: 'time' }, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: true, range: () => this.#times() }, y: { range: () => [0, this.#top()] } },
      axes: [
        { ...axis, size: 24, space: 64, values: (_plot, marks) => timeLabels(marks) },
        {
          ...axis,
          size: AXIS_WIDTH,
          values: (_plot, marks) => marks.map((mark) => this.#view!.format(mark)),
          ...(view.isWhole && { incrs: wholeSteps }),
        },
      ],
      series: [
        {},
        ...view.series.map(({ label, color: name, isDashed }) => ({
          label,
          stroke: color(name),
          width: 1.5,
          points: {
            ...{ show: false, size: 4, fill: color(name) },
            filter: (plot: uPlot, index: number) => aloneIn(plot.data[index] ?? []),
          },
          ...(isDashed === true && { dash: [4, 3] }),
        })),
      ],
      hooks: {
        setCursor: [
          ({ cursor }) => {
            this.#index = cursor.idx ?? null;
            this.#say();
          },
        ],
      },
    };
    return new uPlot(options, [[], ...view.series.map(() => [])], this.#canvas);
  }

  /** The axis ends with the last second and is always of the same length: what has not been yet is empty. */
  #times(): [number, number] {
    const { at, span } = this.#view!;
    const last = at.at(-1) ?? Math.floor(Date.now() / 1_000);
    return [last - span, last];
  }

  #top(): number {
    const { at, series, hidden, floor } = this.#view!;
    const [from] = this.#times();
    const first = at.findIndex((time) => time >= from);
    const shown = series.filter(({ key }) => !hidden.has(key));
    return Math.max(floor, largest(shown, first) * 1.08);
  }

  #fit(): void {
    const width = this.#canvas.clientWidth;
    if (this.#plot !== null && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }

  /** Writes the legend, and in words what the picture shows. */
  #say(): void {
    if (this.#view === null) return;
    const { title, unit, at, series, hidden, format, isLong, onToggle } = this.#view;
    const index = this.#index !== null && this.#index < at.length ? this.#index : at.length - 1;
    const when = this.#index === null || at[index] === undefined ? '' : clock(at[index] * 1_000);
    const said = series.map((one) => `${one.label} ${format(valueAt(one, index))}`).join(', ');
    this.#canvas.setAttribute('aria-label', `${title}, ${unit}: ${said}`);
    render(
      html`<h3 class="chart-title">
          ${title} <span class="soft">${unit}</span><span class="chart-when">${when}</span>
        </h3>
        <div class="legend" role="group" aria-label="Lines of ${title}">
          ${series.map(
            (one) =>
              html`<button
                type="button"
                class="legend-item"
                aria-pressed=${hidden.has(one.key) ? 'false' : 'true'}
                title=${hidden.has(one.key) ? `Show ${one.label}` : `Hide ${one.label}`}
                @click=${() => onToggle(one.key)}
              >
                <span class="swatch swatch${one.color}" ?data-dashed=${one.isDashed === true}></span>${one.label}
                <span class="legend-value ${isLong ? 'long' : ''}">${format(valueAt(one, index))}</span>
              </button>`,
          )}
        </div>`,
      this.#head,
    );
  }
}

customElements.define('time-chart', TimeChart);
