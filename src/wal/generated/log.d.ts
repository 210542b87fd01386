import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace concave. */
export namespace concave {

    /**
     * Properties of a Tx.
     * @deprecated Use concave.Tx.$Properties instead.
     */
    interface ITx extends concave.Tx.$Properties {
    }

    /** Represents a Tx. */
    class Tx {

        /**
         * Constructs a new Tx.
         * @param [properties] Properties to set
         */
        constructor(properties?: concave.Tx.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Tx seq. */
        seq: (number|Long);

        /** Tx id. */
        id: Uint8Array;

        /** Tx writes. */
        writes: concave.Write.$Properties[];

        /**
         * Creates a new Tx instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Tx instance
         */
        static create(properties: concave.Tx.$Shape): concave.Tx & concave.Tx.$Shape;
        static create(properties?: concave.Tx.$Properties): concave.Tx;

        /**
         * Encodes the specified Tx message. Does not implicitly {@link concave.Tx.verify|verify} messages.
         * @param message Tx message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: concave.Tx.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Tx message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {concave.Tx & concave.Tx.$Shape} Tx
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): concave.Tx & concave.Tx.$Shape;
    }

    namespace Tx {

        /** Properties of a Tx. */
        interface $Properties {

            /** Tx seq */
            seq?: (number|Long|null);

            /** Tx id */
            id?: (Uint8Array|null);

            /** Tx writes */
            writes?: (concave.Write.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Tx. */
        type $Shape = {
          seq?: number|Long|null;
          id?: Uint8Array|null;
          writes?: concave.Write.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a Write.
     * @deprecated Use concave.Write.$Properties instead.
     */
    interface IWrite extends concave.Write.$Properties {
    }

    /** Represents a Write. */
    class Write {

        /**
         * Constructs a new Write.
         * @param [properties] Properties to set
         */
        constructor(properties?: concave.Write.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Write key. */
        key: string;

        /** Write version. */
        version: (number|Long);

        /** Write tombstone. */
        tombstone?: (concave.Tombstone.$Properties|null);

        /** Write text. */
        text?: (string|null);

        /** Write integer. */
        integer?: (number|Long|null);

        /** Write float. */
        float?: (number|null);

        /** Write boolean. */
        boolean?: (boolean|null);

        /** Write array. */
        array?: (concave.NumberArray.$Properties|null);

        /** Write content. */
        content?: ("tombstone"|"text"|"integer"|"float"|"boolean"|"array");

        /**
         * Creates a new Write instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Write instance
         */
        static create(properties: concave.Write.$Shape): concave.Write & concave.Write.$Shape;
        static create(properties?: concave.Write.$Properties): concave.Write;

        /**
         * Encodes the specified Write message. Does not implicitly {@link concave.Write.verify|verify} messages.
         * @param message Write message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: concave.Write.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Write message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {concave.Write & concave.Write.$Shape} Write
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): concave.Write & concave.Write.$Shape;
    }

    namespace Write {

        /** Properties of a Write. */
        interface $Properties {

            /** Write key */
            key?: (string|null);

            /** Write version */
            version?: (number|Long|null);

            /** Write tombstone */
            tombstone?: (concave.Tombstone.$Properties|null);

            /** Write text */
            text?: (string|null);

            /** Write integer */
            integer?: (number|Long|null);

            /** Write float */
            float?: (number|null);

            /** Write boolean */
            boolean?: (boolean|null);

            /** Write array */
            array?: (concave.NumberArray.$Properties|null);

            /** Write content */
            content?: ("tombstone"|"text"|"integer"|"float"|"boolean"|"array");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Write. */
        type $Shape = {
          key?: string|null;
          version?: number|Long|null;
          tombstone?: concave.Tombstone.$Shape|null;
          text?: string|null;
          integer?: number|Long|null;
          float?: number|null;
          boolean?: boolean|null;
          array?: concave.NumberArray.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ content?: undefined; tombstone?: null; text?: null; integer?: null; float?: null; boolean?: null; array?: null }|{ content?: "tombstone"; tombstone: concave.Tombstone.$Shape; text?: null; integer?: null; float?: null; boolean?: null; array?: null }|{ content?: "text"; tombstone?: null; text: string; integer?: null; float?: null; boolean?: null; array?: null }|{ content?: "integer"; tombstone?: null; text?: null; integer: number|Long; float?: null; boolean?: null; array?: null }|{ content?: "float"; tombstone?: null; text?: null; integer?: null; float: number; boolean?: null; array?: null }|{ content?: "boolean"; tombstone?: null; text?: null; integer?: null; float?: null; boolean: boolean; array?: null }|{ content?: "array"; tombstone?: null; text?: null; integer?: null; float?: null; boolean?: null; array: concave.NumberArray.$Shape })
        );
    }

    /**
     * Properties of a Tombstone.
     * @deprecated Use concave.Tombstone.$Properties instead.
     */
    interface ITombstone extends concave.Tombstone.$Properties {
    }

    /** Represents a Tombstone. */
    class Tombstone {

        /**
         * Constructs a new Tombstone.
         * @param [properties] Properties to set
         */
        constructor(properties?: concave.Tombstone.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new Tombstone instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Tombstone instance
         */
        static create(properties: concave.Tombstone.$Shape): concave.Tombstone & concave.Tombstone.$Shape;
        static create(properties?: concave.Tombstone.$Properties): concave.Tombstone;

        /**
         * Encodes the specified Tombstone message. Does not implicitly {@link concave.Tombstone.verify|verify} messages.
         * @param message Tombstone message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: concave.Tombstone.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Tombstone message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {concave.Tombstone & concave.Tombstone.$Shape} Tombstone
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): concave.Tombstone & concave.Tombstone.$Shape;
    }

    namespace Tombstone {

        /** Properties of a Tombstone. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Tombstone. */
        type $Shape = concave.Tombstone.$Properties;
    }

    /**
     * Properties of a NumberArray.
     * @deprecated Use concave.NumberArray.$Properties instead.
     */
    interface INumberArray extends concave.NumberArray.$Properties {
    }

    /** Represents a NumberArray. */
    class NumberArray {

        /**
         * Constructs a new NumberArray.
         * @param [properties] Properties to set
         */
        constructor(properties?: concave.NumberArray.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** NumberArray numbers. */
        numbers: concave.Number.$Properties[];

        /**
         * Creates a new NumberArray instance using the specified properties.
         * @param [properties] Properties to set
         * @returns NumberArray instance
         */
        static create(properties: concave.NumberArray.$Shape): concave.NumberArray & concave.NumberArray.$Shape;
        static create(properties?: concave.NumberArray.$Properties): concave.NumberArray;

        /**
         * Encodes the specified NumberArray message. Does not implicitly {@link concave.NumberArray.verify|verify} messages.
         * @param message NumberArray message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: concave.NumberArray.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a NumberArray message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {concave.NumberArray & concave.NumberArray.$Shape} NumberArray
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): concave.NumberArray & concave.NumberArray.$Shape;
    }

    namespace NumberArray {

        /** Properties of a NumberArray. */
        interface $Properties {

            /** NumberArray numbers */
            numbers?: (concave.Number.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a NumberArray. */
        type $Shape = {
          numbers?: concave.Number.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a Number.
     * @deprecated Use concave.Number.$Properties instead.
     */
    interface INumber extends concave.Number.$Properties {
    }

    /** Represents a Number. */
    class Number {

        /**
         * Constructs a new Number.
         * @param [properties] Properties to set
         */
        constructor(properties?: concave.Number.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Number integer. */
        integer?: (number|Long|null);

        /** Number float. */
        float?: (number|null);

        /** Number kind. */
        kind?: ("integer"|"float");

        /**
         * Creates a new Number instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Number instance
         */
        static create(properties: concave.Number.$Shape): concave.Number & concave.Number.$Shape;
        static create(properties?: concave.Number.$Properties): concave.Number;

        /**
         * Encodes the specified Number message. Does not implicitly {@link concave.Number.verify|verify} messages.
         * @param message Number message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: concave.Number.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Number message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {concave.Number & concave.Number.$Shape} Number
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): concave.Number & concave.Number.$Shape;
    }

    namespace Number {

        /** Properties of a Number. */
        interface $Properties {

            /** Number integer */
            integer?: (number|Long|null);

            /** Number float */
            float?: (number|null);

            /** Number kind */
            kind?: ("integer"|"float");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Number. */
        type $Shape = {
          integer?: number|Long|null;
          float?: number|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ kind?: undefined; integer?: null; float?: null }|{ kind?: "integer"; integer: number|Long; float?: null }|{ kind?: "float"; integer?: null; float: number })
        );
    }

    /**
     * Properties of an Entries.
     * @deprecated Use concave.Entries.$Properties instead.
     */
    interface IEntries extends concave.Entries.$Properties {
    }

    /** Represents an Entries. */
    class Entries {

        /**
         * Constructs a new Entries.
         * @param [properties] Properties to set
         */
        constructor(properties?: concave.Entries.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Entries entries. */
        entries: concave.Entry.$Properties[];

        /**
         * Creates a new Entries instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Entries instance
         */
        static create(properties: concave.Entries.$Shape): concave.Entries & concave.Entries.$Shape;
        static create(properties?: concave.Entries.$Properties): concave.Entries;

        /**
         * Encodes the specified Entries message. Does not implicitly {@link concave.Entries.verify|verify} messages.
         * @param message Entries message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: concave.Entries.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Entries message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {concave.Entries & concave.Entries.$Shape} Entries
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): concave.Entries & concave.Entries.$Shape;
    }

    namespace Entries {

        /** Properties of an Entries. */
        interface $Properties {

            /** Entries entries */
            entries?: (concave.Entry.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Entries. */
        type $Shape = {
          entries?: concave.Entry.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an Entry.
     * @deprecated Use concave.Entry.$Properties instead.
     */
    interface IEntry extends concave.Entry.$Properties {
    }

    /** Represents an Entry. */
    class Entry {

        /**
         * Constructs a new Entry.
         * @param [properties] Properties to set
         */
        constructor(properties?: concave.Entry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Entry seq. */
        seq: (number|Long);

        /** Entry write. */
        write?: (concave.Write.$Properties|null);

        /**
         * Creates a new Entry instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Entry instance
         */
        static create(properties: concave.Entry.$Shape): concave.Entry & concave.Entry.$Shape;
        static create(properties?: concave.Entry.$Properties): concave.Entry;

        /**
         * Encodes the specified Entry message. Does not implicitly {@link concave.Entry.verify|verify} messages.
         * @param message Entry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: concave.Entry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Entry message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {concave.Entry & concave.Entry.$Shape} Entry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): concave.Entry & concave.Entry.$Shape;
    }

    namespace Entry {

        /** Properties of an Entry. */
        interface $Properties {

            /** Entry seq */
            seq?: (number|Long|null);

            /** Entry write */
            write?: (concave.Write.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Entry. */
        type $Shape = {
          seq?: number|Long|null;
          write?: concave.Write.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }
}
