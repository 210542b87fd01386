/** Arbitrary JSON texts: spaced at will, escaped at will, with numbers in all their spellings. */
import fc from 'fast-check';

/** How a number may be written. */
export const integerText = fc.oneof(
  fc.constantFrom('0', '-0', '1', '-1', '999999999999999', '1000000000000000'),
  fc.constantFrom('9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993'),
  fc.constantFrom('9223372036854775807', '-9223372036854775808'),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.integer().map(String),
);
export const floatText = fc.oneof(
  fc.constantFrom('0.0', '-0.0', '2.0', '1e3', '1E3', '1e-3', '1.50', '1e0', '0e0', '1e300', '1e-400', '5e-324'),
  fc.tuple(fc.integer(), fc.nat(99), fc.constantFrom('', 'e0', 'E+5', 'e-5')).map(([a, b, e]) => `${a}.${b}${e}`),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((float) => {
    const text = Object.is(float, -0) ? '-0' : String(float);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }),
);

/** Every character of a string may be written as it is or as an escape. */
export function stringText(string: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(string, fc.infiniteStream(fc.boolean())).map(([text, escapes]) => {
    const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'));
    if (!escapes.next().value) return JSON.stringify(text);
    // A pair of surrogates is escaped as a whole: half of one as it is would be no text.
    return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
  });
}

const space = fc.constantFrom('', '', ' ', '\n\t', '\r ');

/** Joins parts with any white space between them. */
export function spaced(parts: fc.Arbitrary<readonly string[]>): fc.Arbitrary<string> {
  return fc.tuple(parts, fc.infiniteStream(space)).map(([all, spaces]) => {
    let text = '';
    for (const part of all) text += spaces.next().value + part;
    return text + spaces.next().value;
  });
}

export function arrayText(elements: fc.Arbitrary<readonly string[]>): fc.Arbitrary<string> {
  return spaced(
    elements.map((all) => ['[', ...all.flatMap((element, at) => (at === 0 ? [element] : [',', element])), ']']),
  );
}

/** `members` are pairs of texts. */
export function objectText(members: fc.Arbitrary<readonly (readonly [string, string])[]>): fc.Arbitrary<string> {
  const parts = members.map((all) =>
    all.flatMap(([name, value], at) => [...(at === 0 ? [] : [',']), name, ':', value]),
  );
  return spaced(parts.map((inner) => ['{', ...inner, '}']));
}

export const anyString = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', 'u', ':', '{', '[', '0', '.', 'e'), maxLength: 8 }),
);

/** Without doubled members. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('null', 'true', 'false'),
    integerText,
    floatText,
    stringText(anyString),
    arrayText(fc.array(tie('json'), { maxLength: 4 })),
    objectText(
      fc.uniqueArray(fc.tuple(stringText(anyString), tie('json')), {
        maxLength: 4,
        selector: ([name]) => JSON.parse(name) as string,
      }),
    ),
  ),
})).json;
