/// Finds the audio in an `input_audio_buffer.append` without reading it as JSON.
///
/// Fifty of these arrive a second from each talking client. The scanner knows only the plain form, three members with
/// strings free of escapes; at anything else it gives up, and the general way decides.
public struct AudioAppendScanner {
    /// The client's name for the event.
    public let eventID: String?
    /// Where the base64 stands in the message.
    public let audio: Range<Int>

    /// The audio of `message`, or `nil` if it is another event or one that is not plain.
    public init?(_ message: UnsafeBufferPointer<UInt8>) {
        var position = 0
        var type: Range<Int>?
        var eventID: Range<Int>?
        var audio: Range<Int>?

        func skipSpace() {
            // JSON's space: a vertical tab and a form feed are none.
            while position < message.count {
                switch message[position] {
                case 0x20, 0x09, 0x0A, 0x0D: position += 1
                default: return
                }
            }
        }
        func accept(_ byte: UInt8) -> Bool {
            skipSpace()
            guard position < message.count, message[position] == byte else { return false }
            position += 1
            return true
        }
        func plainString() -> Range<Int>? {
            guard accept(UInt8(ascii: "\"")) else { return nil }
            let start = position
            while position < message.count, message[position] != UInt8(ascii: "\"") {
                guard message[position] != UInt8(ascii: "\\"), message[position] >= 0x20 else { return nil }
                position += 1
            }
            guard position < message.count else { return nil }
            position += 1
            return start..<position - 1
        }
        func says(_ range: Range<Int>, _ text: StaticString) -> Bool {
            text.withUTF8Buffer { message[range].elementsEqual($0) }
        }

        guard accept(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard let name = plainString(), accept(UInt8(ascii: ":")), let value = plainString() else { return nil }
            if says(name, "type"), type == nil {
                guard says(value, "input_audio_buffer.append") else { return nil }
                type = value
            } else if says(name, "audio"), audio == nil {
                audio = value
            } else if says(name, "event_id"), eventID == nil, value.count <= 512 {
                eventID = value
            } else {
                return nil
            }
        } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "}")), type != nil, let audio else { return nil }
        skipSpace()
        guard position == message.count else { return nil }
        self.eventID = eventID.map { String(decoding: message[$0], as: UTF8.self) }
        self.audio = audio
    }
}
