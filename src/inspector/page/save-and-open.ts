/** Recordings in files: saved as JSON or as a page of their own, opened by a dialog or by dropping them on the page. */
import type { Recording } from '../protocol.ts';
import { showProblem } from './dialogs.ts';
import { el } from './dom.ts';
import { formatBytes } from './format-numbers.ts';
import { parseRecording } from './recording-file.ts';
import { importsOf, type PageSources, RECORDING_ID, SOURCES_ID, sourcesFrom, standalonePage } from './standalone.ts';
import type { ViewState } from './view-state.ts';

/** A page of its own has nowhere else to get its sources from. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;
const ENTRY = 'main.ts';

export function saveRecording({ recording }: ViewState): void {
  if (!recording) showProblem('Nothing to save', 'Nothing has been recorded yet.');
  else download(`concave-${fileTime()}.json`, 'application/json', JSON.stringify(recording));
}

export async function saveAsPage({ recording }: ViewState): Promise<void> {
  if (!recording) return showProblem('Nothing to save', 'Nothing has been recorded yet.');
  try {
    const page = standalonePage({ ...(await ownSources()), recording });
    download(`concave-${fileTime()}.html`, 'text/html', page);
  } catch (error) {
    showProblem('The page could not be saved', (error as Error).message);
  }
}

export function openByDialog(view: ViewState): void {
  const input = el('input', { type: 'file', accept: '.json,application/json', hidden: true });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.remove();
    if (file) void openFile(file, view);
  });
  input.addEventListener('cancel', () => input.remove());
  // Some browsers open no dialog for an element that is not in the document.
  document.body.append(input);
  // A dialog may be opened only on behalf of a person, and a key press counts as one only once it has been handled.
  setTimeout(() => input.click());
}

export function openByDropping(view: ViewState): void {
  const veil = el('div', { class: 'drop-veil', hidden: true }, el('p', {}, 'Drop a recording to open it'));
  document.body.append(veil);
  let depth = 0;
  const show = (by: number) => {
    depth = Math.max(0, depth + by);
    veil.hidden = depth === 0;
  };
  addEventListener('dragenter', () => show(1));
  addEventListener('dragleave', () => show(-1));
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    show(-depth);
    const file = event.dataTransfer?.files[0];
    if (file) void openFile(file, view);
  });
}

/** The recording that a page of its own brings with it. */
export function ownRecording(): Recording | undefined {
  const text = document.getElementById(RECORDING_ID)?.textContent;
  return text ? parseRecording(text) : undefined;
}

export function isStandalone(): boolean {
  return document.getElementById(SOURCES_ID) !== null || location.protocol === 'file:';
}

async function openFile(file: File, view: ViewState): Promise<void> {
  if (file.size > FILE_BYTES_MAX) {
    return showProblem(
      'This file was not opened',
      `${file.name} has ${formatBytes(file.size)}; ${formatBytes(FILE_BYTES_MAX)} are allowed.`,
    );
  }
  try {
    const recording = parseRecording(await file.text());
    if (recording.frames.length === 0) throw new Error('it has no frame');
    view.open(recording, file.name);
  } catch (error) {
    showProblem('This is no recording of concave', `${file.name}: ${(error as Error).message}.`);
  }
}

async function ownSources(): Promise<PageSources> {
  const sources = document.getElementById(SOURCES_ID)?.textContent;
  const importMap = document.querySelector('script[type="importmap"]')?.textContent;
  if (sources && importMap) return sourcesFrom(sources, importMap);
  const [html, css] = await Promise.all([fetched(location.pathname), fetched('/inspect/page/style.css')]);
  const modules = new Map<string, string>();
  await addModule(ENTRY, modules);
  return { html, css, modules };
}

async function addModule(name: string, modules: Map<string, string>): Promise<void> {
  if (modules.has(name)) return;
  // Said before it is there, for modules that import each other.
  modules.set(name, '');
  const code = await fetched(`/inspect/page/${name}`);
  modules.set(name, code);
  await Promise.all(importsOf(code).map((imported) => addModule(imported, modules)));
}

async function fetched(path: string): Promise<string> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${path}`);
  return response.text();
}

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href: url, download: name }).click();
  // The browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function fileTime(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-');
}
