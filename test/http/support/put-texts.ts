/** Arbitrary bodies of puts, and what they must be read as. */
import fc from 'fast-check';
import type { PutOperation } from '../../../src/outcome.ts';
import { floatValue, integerValue, type NumberValue, type Value } from '../../../src/wal/value.ts';
import { anyString, arrayText, floatText, integerText, objectText, stringText } from './json-texts.ts';

export interface PutText {
  readonly text: string;
  readonly operations: readonly PutOperation[];
}

interface ValueText {
  readonly text: string;
  readonly value: Value;
}

const numberText: fc.Arbitrary<{ text: string; value: NumberValue }> = fc.oneof(
  integerText.map((text) => ({ text, value: integerValue(BigInt(text)) })),
  floatText.map((text) => ({ text, value: floatValue(Number(text)) })),
);

function mapped<Given, Made>(given: fc.Arbitrary<Given>, make: (given: Given) => fc.Arbitrary<Made>) {
  return given.chain((value) => make(value).map((made) => ({ value, made })));
}

const valueText: fc.Arbitrary<ValueText> = fc.oneof(
  numberText,
  fc.boolean().map((value) => ({ text: String(value), value })),
  mapped(anyString, (string) => stringText(fc.constant(string))).map(({ value, made }) => ({ text: made, value })),
  mapped(fc.array(numberText, { maxLength: 5 }), (numbers) =>
    arrayText(fc.constant(numbers.map(({ text }) => text))),
  ).map(({ value, made }) => ({ text: made, value: value.map((number) => number.value) })),
);

const version = fc.oneof(fc.nat(3), fc.maxSafeNat());

const operation = fc
  .tuple(
    anyString.filter((key) => key !== ''),
    valueText,
    version,
  )
  .chain(([key, value, version]) => {
    const members = fc.tuple(
      fc.tuple(stringText(fc.constant('key')), stringText(fc.constant(key))),
      fc.tuple(stringText(fc.constant('value')), fc.constant(value.text)),
      fc.tuple(stringText(fc.constant('version')), fc.constant(String(version))),
    );
    const shuffled = members.chain((all) => fc.shuffledSubarray(all, { minLength: 3, maxLength: 3 }));
    return objectText(shuffled).map((text) => ({ text, operation: { key, value: value.value, version } }));
  });

/** A put that means something. */
export const putText: fc.Arbitrary<PutText> = fc
  .uniqueArray(operation, { minLength: 1, maxLength: 6, selector: ({ operation: { key } }) => key })
  .chain((all) =>
    arrayText(fc.constant(all.map(({ text }) => text))).map((text) => ({
      text,
      operations: all.map(({ operation }) => operation),
    })),
  );
