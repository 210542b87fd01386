/** docs/state-diagrams/sequences.md: the stories as Mermaid sequence diagrams. */
import type { Happening, Participant } from './store-on-stage.ts';
import { type PlayedStory, playStories } from './stories.ts';

const HEAD = `# Sequences

Who sends what to whom, and when. These are records of the real machines, run in process on a log and a disk that do what
each story says; a test runs them again and compares. Made by \`npm run diagrams\`.

A note shows the states that an actor enters; what it sends to other actors leaves it when it is there.
`;

export async function sequencePage(): Promise<string> {
  const stories = await playStories();
  return [HEAD, ...stories.map(section)].join('\n');
}

function section(story: PlayedStory): string {
  return `## ${story.title}\n\n${story.about}\n\n\`\`\`mermaid\n${sequenceDiagram(story)}\n\`\`\`\n`;
}

function sequenceDiagram({ cast, happenings }: PlayedStory): string {
  const isDrawn = (happening: Happening) =>
    happening.kind === 'state'
      ? cast.includes(happening.of)
      : cast.includes(happening.from) && cast.includes(happening.to);
  const lines = cast.map((participant) => `participant ${idOf(participant)} as ${labels[participant] ?? participant}`);
  const drawn = happenings.filter(isDrawn);
  for (let at = 0; at < drawn.length; at += 1) {
    const happening = drawn[at]!;
    if (happening.kind === 'message') {
      const { from, to, text, isReply } = happening;
      lines.push(`${idOf(from)}${isReply ? '-->>' : '->>'}${idOf(to)}: ${text}`);
      continue;
    }
    const states = [happening.state];
    for (let next = drawn[at + 1]; next?.kind === 'state' && next.of === happening.of; next = drawn[at + 1]) {
      states.push(next.state);
      at += 1;
    }
    lines.push(`Note over ${idOf(happening.of)}: ${states.join(', ')}`);
  }
  return ['sequenceDiagram', ...lines.map((line) => `    ${line}`)].join('\n');
}

function idOf(participant: Participant): string {
  return participant.replace(' ', '');
}

const labels: Partial<Record<Participant, string>> = {
  caller: 'HTTP',
  supervisor: 'transactions',
  keyLocks: 'key locks',
  blockWriter: 'block writer',
  thread: 'worker thread',
  directory: 'data directory',
  directoryWatch: 'directory watch',
  owner: 'process',
};
