/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const concave = $root.concave = (() => {

    /**
     * Namespace concave.
     * @exports concave
     * @namespace
     */
    const concave = {};

    concave.Tx = (function() {

        /**
         * Properties of a Tx.
         * @typedef {Object} concave.Tx.$Properties
         * @property {number|Long|null} [seq] Tx seq
         * @property {Uint8Array|null} [id] Tx id
         * @property {Array.<concave.Write.$Properties>|null} [writes] Tx writes
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Tx.
         * @memberof concave
         * @interface ITx
         * @augments concave.Tx.$Properties
         * @deprecated Use concave.Tx.$Properties instead.
         */

        /**
         * Shape of a Tx.
         * @typedef {{
         *   seq?: number|Long|null;
         *   id?: Uint8Array|null;
         *   writes?: Array.<concave.Write.$Shape>|null;
         *   $unknowns?: Array.<Uint8Array>;
         * }} concave.Tx.$Shape
         */

        /**
         * Constructs a new Tx.
         * @memberof concave
         * @classdesc Represents a Tx.
         * @constructor
         * @param {concave.Tx.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Tx = function (properties) {
            this.writes = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Tx seq.
         * @member {number|Long} seq
         * @memberof concave.Tx
         * @instance
         */
        Tx.prototype.seq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Tx id.
         * @member {Uint8Array} id
         * @memberof concave.Tx
         * @instance
         */
        Tx.prototype.id = $util.newBuffer([]);

        /**
         * Tx writes.
         * @member {Array.<concave.Write.$Properties>} writes
         * @memberof concave.Tx
         * @instance
         */
        Tx.prototype.writes = $util.emptyArray;

        /**
         * Creates a new Tx instance using the specified properties.
         * @function create
         * @memberof concave.Tx
         * @static
         * @param {concave.Tx.$Properties=} [properties] Properties to set
         * @returns {concave.Tx} Tx instance
         * @type {{
         *   (properties: concave.Tx.$Shape): concave.Tx & concave.Tx.$Shape;
         *   (properties?: concave.Tx.$Properties): concave.Tx;
         * }}
         */
        Tx.create = function(properties) {
            return new Tx(properties);
        };

        /**
         * Encodes the specified Tx message. Does not implicitly {@link concave.Tx.verify|verify} messages.
         * @function encode
         * @memberof concave.Tx
         * @static
         * @param {concave.Tx.$Properties} message Tx message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Tx.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && (typeof message.seq === "object" ? message.seq.low || message.seq.high : message.seq !== 0))
                writer.uint32(/* id 1, wireType 1 =*/9).fixed64(message.seq);
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.id);
            if (message.writes != null && message.writes.length)
                for (let i = 0; i < message.writes.length; ++i)
                    $root.concave.Write.encode(message.writes[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Tx message from the specified reader or buffer.
         * @function decode
         * @memberof concave.Tx
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {concave.Tx & concave.Tx.$Shape} Tx
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Tx.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.concave.Tx();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.writes && message.writes.length))
                            message.writes = [];
                        message.writes.push($root.concave.Write.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Tx;
    })();

    concave.Write = (function() {

        /**
         * Properties of a Write.
         * @typedef {Object} concave.Write.$Properties
         * @property {string|null} [key] Write key
         * @property {number|Long|null} [version] Write version
         * @property {concave.Tombstone.$Properties|null} [tombstone] Write tombstone
         * @property {string|null} [text] Write text
         * @property {number|Long|null} [integer] Write integer
         * @property {number|null} [float] Write float
         * @property {boolean|null} [boolean] Write boolean
         * @property {concave.NumberArray.$Properties|null} [array] Write array
         * @property {"tombstone"|"text"|"integer"|"float"|"boolean"|"array"} [content] Write content
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Write.
         * @memberof concave
         * @interface IWrite
         * @augments concave.Write.$Properties
         * @deprecated Use concave.Write.$Properties instead.
         */

        /**
         * Narrowed shape of a Write.
         * @typedef {{
         *   key?: string|null;
         *   version?: number|Long|null;
         *   tombstone?: concave.Tombstone.$Shape|null;
         *   text?: string|null;
         *   integer?: number|Long|null;
         *   float?: number|null;
         *   boolean?: boolean|null;
         *   array?: concave.NumberArray.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ content?: undefined; tombstone?: null; text?: null; integer?: null; float?: null; boolean?: null; array?: null }|{ content?: "tombstone"; tombstone: concave.Tombstone.$Shape; text?: null; integer?: null; float?: null; boolean?: null; array?: null }|{ content?: "text"; tombstone?: null; text: string; integer?: null; float?: null; boolean?: null; array?: null }|{ content?: "integer"; tombstone?: null; text?: null; integer: number|Long; float?: null; boolean?: null; array?: null }|{ content?: "float"; tombstone?: null; text?: null; integer?: null; float: number; boolean?: null; array?: null }|{ content?: "boolean"; tombstone?: null; text?: null; integer?: null; float?: null; boolean: boolean; array?: null }|{ content?: "array"; tombstone?: null; text?: null; integer?: null; float?: null; boolean?: null; array: concave.NumberArray.$Shape })
         * )} concave.Write.$Shape
         */

        /**
         * Constructs a new Write.
         * @memberof concave
         * @classdesc Represents a Write.
         * @constructor
         * @param {concave.Write.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Write = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Write key.
         * @member {string} key
         * @memberof concave.Write
         * @instance
         */
        Write.prototype.key = "";

        /**
         * Write version.
         * @member {number|Long} version
         * @memberof concave.Write
         * @instance
         */
        Write.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Write tombstone.
         * @member {concave.Tombstone.$Properties|null|undefined} tombstone
         * @memberof concave.Write
         * @instance
         */
        Write.prototype.tombstone = null;

        /**
         * Write text.
         * @member {string|null|undefined} text
         * @memberof concave.Write
         * @instance
         */
        Write.prototype.text = null;

        /**
         * Write integer.
         * @member {number|Long|null|undefined} integer
         * @memberof concave.Write
         * @instance
         */
        Write.prototype.integer = null;

        /**
         * Write float.
         * @member {number|null|undefined} float
         * @memberof concave.Write
         * @instance
         */
        Write.prototype.float = null;

        /**
         * Write boolean.
         * @member {boolean|null|undefined} boolean
         * @memberof concave.Write
         * @instance
         */
        Write.prototype.boolean = null;

        /**
         * Write array.
         * @member {concave.NumberArray.$Properties|null|undefined} array
         * @memberof concave.Write
         * @instance
         */
        Write.prototype.array = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Write content.
         * @member {"tombstone"|"text"|"integer"|"float"|"boolean"|"array"|undefined} content
         * @memberof concave.Write
         * @instance
         */
        $Object.defineProperty(Write.prototype, "content", {
            get: $util.oneOfGetter($oneOfFields = ["tombstone", "text", "integer", "float", "boolean", "array"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new Write instance using the specified properties.
         * @function create
         * @memberof concave.Write
         * @static
         * @param {concave.Write.$Properties=} [properties] Properties to set
         * @returns {concave.Write} Write instance
         * @type {{
         *   (properties: concave.Write.$Shape): concave.Write & concave.Write.$Shape;
         *   (properties?: concave.Write.$Properties): concave.Write;
         * }}
         */
        Write.create = function(properties) {
            return new Write(properties);
        };

        /**
         * Encodes the specified Write message. Does not implicitly {@link concave.Write.verify|verify} messages.
         * @function encode
         * @memberof concave.Write
         * @static
         * @param {concave.Write.$Properties} message Write message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Write.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.key);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.version);
            if (message.tombstone != null && $Object.hasOwnProperty.call(message, "tombstone"))
                $root.concave.Tombstone.encode(message.tombstone, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.text);
            if (message.integer != null && $Object.hasOwnProperty.call(message, "integer"))
                writer.uint32(/* id 5, wireType 0 =*/40).sint64(message.integer);
            if (message.float != null && $Object.hasOwnProperty.call(message, "float"))
                writer.uint32(/* id 6, wireType 1 =*/49).double(message.float);
            if (message.boolean != null && $Object.hasOwnProperty.call(message, "boolean"))
                writer.uint32(/* id 7, wireType 0 =*/56).bool(message.boolean);
            if (message.array != null && $Object.hasOwnProperty.call(message, "array"))
                $root.concave.NumberArray.encode(message.array, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Write message from the specified reader or buffer.
         * @function decode
         * @memberof concave.Write
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {concave.Write & concave.Write.$Shape} Write
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Write.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.concave.Write();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.tombstone = $root.concave.Tombstone.decode(reader, reader.size(), $undefined, _depth + 1, message.tombstone);
                        message.content = "tombstone";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.text = reader.stringVerify();
                        message.content = "text";
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        message.integer = reader.sint64();
                        message.content = "integer";
                        continue;
                    }
                case 6: {
                        if (wireType !== 1)
                            break;
                        message.float = reader.double();
                        message.content = "float";
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        message.boolean = reader.bool();
                        message.content = "boolean";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.array = $root.concave.NumberArray.decode(reader, reader.size(), $undefined, _depth + 1, message.array);
                        message.content = "array";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Write;
    })();

    concave.Tombstone = (function() {

        /**
         * Properties of a Tombstone.
         * @typedef {Object} concave.Tombstone.$Properties
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Tombstone.
         * @memberof concave
         * @interface ITombstone
         * @augments concave.Tombstone.$Properties
         * @deprecated Use concave.Tombstone.$Properties instead.
         */

        /**
         * Shape of a Tombstone.
         * @typedef {concave.Tombstone.$Properties} concave.Tombstone.$Shape
         */

        /**
         * Constructs a new Tombstone.
         * @memberof concave
         * @classdesc Represents a Tombstone.
         * @constructor
         * @param {concave.Tombstone.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Tombstone = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Creates a new Tombstone instance using the specified properties.
         * @function create
         * @memberof concave.Tombstone
         * @static
         * @param {concave.Tombstone.$Properties=} [properties] Properties to set
         * @returns {concave.Tombstone} Tombstone instance
         * @type {{
         *   (properties: concave.Tombstone.$Shape): concave.Tombstone & concave.Tombstone.$Shape;
         *   (properties?: concave.Tombstone.$Properties): concave.Tombstone;
         * }}
         */
        Tombstone.create = function(properties) {
            return new Tombstone(properties);
        };

        /**
         * Encodes the specified Tombstone message. Does not implicitly {@link concave.Tombstone.verify|verify} messages.
         * @function encode
         * @memberof concave.Tombstone
         * @static
         * @param {concave.Tombstone.$Properties} message Tombstone message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Tombstone.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Tombstone message from the specified reader or buffer.
         * @function decode
         * @memberof concave.Tombstone
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {concave.Tombstone & concave.Tombstone.$Shape} Tombstone
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Tombstone.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.concave.Tombstone();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Tombstone;
    })();

    concave.NumberArray = (function() {

        /**
         * Properties of a NumberArray.
         * @typedef {Object} concave.NumberArray.$Properties
         * @property {Array.<concave.Number.$Properties>|null} [numbers] NumberArray numbers
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a NumberArray.
         * @memberof concave
         * @interface INumberArray
         * @augments concave.NumberArray.$Properties
         * @deprecated Use concave.NumberArray.$Properties instead.
         */

        /**
         * Shape of a NumberArray.
         * @typedef {{
         *   numbers?: Array.<concave.Number.$Shape>|null;
         *   $unknowns?: Array.<Uint8Array>;
         * }} concave.NumberArray.$Shape
         */

        /**
         * Constructs a new NumberArray.
         * @memberof concave
         * @classdesc Represents a NumberArray.
         * @constructor
         * @param {concave.NumberArray.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const NumberArray = function (properties) {
            this.numbers = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * NumberArray numbers.
         * @member {Array.<concave.Number.$Properties>} numbers
         * @memberof concave.NumberArray
         * @instance
         */
        NumberArray.prototype.numbers = $util.emptyArray;

        /**
         * Creates a new NumberArray instance using the specified properties.
         * @function create
         * @memberof concave.NumberArray
         * @static
         * @param {concave.NumberArray.$Properties=} [properties] Properties to set
         * @returns {concave.NumberArray} NumberArray instance
         * @type {{
         *   (properties: concave.NumberArray.$Shape): concave.NumberArray & concave.NumberArray.$Shape;
         *   (properties?: concave.NumberArray.$Properties): concave.NumberArray;
         * }}
         */
        NumberArray.create = function(properties) {
            return new NumberArray(properties);
        };

        /**
         * Encodes the specified NumberArray message. Does not implicitly {@link concave.NumberArray.verify|verify} messages.
         * @function encode
         * @memberof concave.NumberArray
         * @static
         * @param {concave.NumberArray.$Properties} message NumberArray message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        NumberArray.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.numbers != null && message.numbers.length)
                for (let i = 0; i < message.numbers.length; ++i)
                    $root.concave.Number.encode(message.numbers[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a NumberArray message from the specified reader or buffer.
         * @function decode
         * @memberof concave.NumberArray
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {concave.NumberArray & concave.NumberArray.$Shape} NumberArray
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        NumberArray.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.concave.NumberArray();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.numbers && message.numbers.length))
                            message.numbers = [];
                        message.numbers.push($root.concave.Number.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return NumberArray;
    })();

    concave.Number = (function() {

        /**
         * Properties of a Number.
         * @typedef {Object} concave.Number.$Properties
         * @property {number|Long|null} [integer] Number integer
         * @property {number|null} [float] Number float
         * @property {"integer"|"float"} [kind] Number kind
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Number.
         * @memberof concave
         * @interface INumber
         * @augments concave.Number.$Properties
         * @deprecated Use concave.Number.$Properties instead.
         */

        /**
         * Narrowed shape of a Number.
         * @typedef {{
         *   integer?: number|Long|null;
         *   float?: number|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ kind?: undefined; integer?: null; float?: null }|{ kind?: "integer"; integer: number|Long; float?: null }|{ kind?: "float"; integer?: null; float: number })
         * )} concave.Number.$Shape
         */

        /**
         * Constructs a new Number.
         * @memberof concave
         * @classdesc Represents a Number.
         * @constructor
         * @param {concave.Number.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Number = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Number integer.
         * @member {number|Long|null|undefined} integer
         * @memberof concave.Number
         * @instance
         */
        Number.prototype.integer = null;

        /**
         * Number float.
         * @member {number|null|undefined} float
         * @memberof concave.Number
         * @instance
         */
        Number.prototype.float = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Number kind.
         * @member {"integer"|"float"|undefined} kind
         * @memberof concave.Number
         * @instance
         */
        $Object.defineProperty(Number.prototype, "kind", {
            get: $util.oneOfGetter($oneOfFields = ["integer", "float"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new Number instance using the specified properties.
         * @function create
         * @memberof concave.Number
         * @static
         * @param {concave.Number.$Properties=} [properties] Properties to set
         * @returns {concave.Number} Number instance
         * @type {{
         *   (properties: concave.Number.$Shape): concave.Number & concave.Number.$Shape;
         *   (properties?: concave.Number.$Properties): concave.Number;
         * }}
         */
        Number.create = function(properties) {
            return new Number(properties);
        };

        /**
         * Encodes the specified Number message. Does not implicitly {@link concave.Number.verify|verify} messages.
         * @function encode
         * @memberof concave.Number
         * @static
         * @param {concave.Number.$Properties} message Number message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Number.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.integer != null && $Object.hasOwnProperty.call(message, "integer"))
                writer.uint32(/* id 1, wireType 0 =*/8).sint64(message.integer);
            if (message.float != null && $Object.hasOwnProperty.call(message, "float"))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.float);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Number message from the specified reader or buffer.
         * @function decode
         * @memberof concave.Number
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {concave.Number & concave.Number.$Shape} Number
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Number.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.concave.Number();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        message.integer = reader.sint64();
                        message.kind = "integer";
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        message.float = reader.double();
                        message.kind = "float";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Number;
    })();

    concave.Entries = (function() {

        /**
         * Properties of an Entries.
         * @typedef {Object} concave.Entries.$Properties
         * @property {Array.<concave.Entry.$Properties>|null} [entries] Entries entries
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Entries.
         * @memberof concave
         * @interface IEntries
         * @augments concave.Entries.$Properties
         * @deprecated Use concave.Entries.$Properties instead.
         */

        /**
         * Shape of an Entries.
         * @typedef {{
         *   entries?: Array.<concave.Entry.$Shape>|null;
         *   $unknowns?: Array.<Uint8Array>;
         * }} concave.Entries.$Shape
         */

        /**
         * Constructs a new Entries.
         * @memberof concave
         * @classdesc Represents an Entries.
         * @constructor
         * @param {concave.Entries.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Entries = function (properties) {
            this.entries = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Entries entries.
         * @member {Array.<concave.Entry.$Properties>} entries
         * @memberof concave.Entries
         * @instance
         */
        Entries.prototype.entries = $util.emptyArray;

        /**
         * Creates a new Entries instance using the specified properties.
         * @function create
         * @memberof concave.Entries
         * @static
         * @param {concave.Entries.$Properties=} [properties] Properties to set
         * @returns {concave.Entries} Entries instance
         * @type {{
         *   (properties: concave.Entries.$Shape): concave.Entries & concave.Entries.$Shape;
         *   (properties?: concave.Entries.$Properties): concave.Entries;
         * }}
         */
        Entries.create = function(properties) {
            return new Entries(properties);
        };

        /**
         * Encodes the specified Entries message. Does not implicitly {@link concave.Entries.verify|verify} messages.
         * @function encode
         * @memberof concave.Entries
         * @static
         * @param {concave.Entries.$Properties} message Entries message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Entries.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.entries != null && message.entries.length)
                for (let i = 0; i < message.entries.length; ++i)
                    $root.concave.Entry.encode(message.entries[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Entries message from the specified reader or buffer.
         * @function decode
         * @memberof concave.Entries
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {concave.Entries & concave.Entries.$Shape} Entries
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Entries.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.concave.Entries();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.entries && message.entries.length))
                            message.entries = [];
                        message.entries.push($root.concave.Entry.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Entries;
    })();

    concave.Entry = (function() {

        /**
         * Properties of an Entry.
         * @typedef {Object} concave.Entry.$Properties
         * @property {number|Long|null} [seq] Entry seq
         * @property {concave.Write.$Properties|null} [write] Entry write
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Entry.
         * @memberof concave
         * @interface IEntry
         * @augments concave.Entry.$Properties
         * @deprecated Use concave.Entry.$Properties instead.
         */

        /**
         * Shape of an Entry.
         * @typedef {{
         *   seq?: number|Long|null;
         *   write?: concave.Write.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * }} concave.Entry.$Shape
         */

        /**
         * Constructs a new Entry.
         * @memberof concave
         * @classdesc Represents an Entry.
         * @constructor
         * @param {concave.Entry.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Entry = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Entry seq.
         * @member {number|Long} seq
         * @memberof concave.Entry
         * @instance
         */
        Entry.prototype.seq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Entry write.
         * @member {concave.Write.$Properties|null|undefined} write
         * @memberof concave.Entry
         * @instance
         */
        Entry.prototype.write = null;

        /**
         * Creates a new Entry instance using the specified properties.
         * @function create
         * @memberof concave.Entry
         * @static
         * @param {concave.Entry.$Properties=} [properties] Properties to set
         * @returns {concave.Entry} Entry instance
         * @type {{
         *   (properties: concave.Entry.$Shape): concave.Entry & concave.Entry.$Shape;
         *   (properties?: concave.Entry.$Properties): concave.Entry;
         * }}
         */
        Entry.create = function(properties) {
            return new Entry(properties);
        };

        /**
         * Encodes the specified Entry message. Does not implicitly {@link concave.Entry.verify|verify} messages.
         * @function encode
         * @memberof concave.Entry
         * @static
         * @param {concave.Entry.$Properties} message Entry message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Entry.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && (typeof message.seq === "object" ? message.seq.low || message.seq.high : message.seq !== 0))
                writer.uint32(/* id 1, wireType 1 =*/9).fixed64(message.seq);
            if (message.write != null && $Object.hasOwnProperty.call(message, "write"))
                $root.concave.Write.encode(message.write, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Entry message from the specified reader or buffer.
         * @function decode
         * @memberof concave.Entry
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {concave.Entry & concave.Entry.$Shape} Entry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Entry.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.concave.Entry();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.write = $root.concave.Write.decode(reader, reader.size(), $undefined, _depth + 1, message.write);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Entry;
    })();

    return concave;
})();

export {
  $root as default
};
