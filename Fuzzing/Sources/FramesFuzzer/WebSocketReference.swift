/// RFC 6455 from the server's side, written down a second time, for bytes that are all there.
struct WebSocketReference {
    enum Delivered: Equatable {
        case text([UInt8])
        case binary([UInt8])
    }

    /// What the session gets.
    private(set) var delivered: [Delivered] = []
    /// What is pinged, to be answered in this order.
    private(set) var pings: [[UInt8]] = []
    /// The code with which the server closes, or that it sends back (`noCode` if there was none); `nil` if the
    /// connection stays open.
    private(set) var closeCode: UInt16?

    static let noCode: UInt16 = 1005

    private let bytes: [UInt8]
    private let limit: Int
    private var position = 0
    private var message: (isText: Bool, bytes: [UInt8])?

    init(_ bytes: [UInt8], limit: Int) {
        self.bytes = bytes
        self.limit = limit
        while closeCode == nil, frame() {}
    }

    /// `nil` if there are not so many bytes left.
    private mutating func number(of count: Int) -> UInt64? {
        guard bytes.count - position >= count else { return nil }
        defer { position += count }
        return bytes[position..<position + count].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether there was a whole frame, or one that can be refused by its beginning.
    private mutating func frame() -> Bool {
        guard let first = number(of: 1), let second = number(of: 1) else { return false }
        var length = second & 127
        if length > 125 {
            guard let long = number(of: length == 126 ? 2 : 8) else { return false }
            length = long
        }
        let isFinal = first & 0x80 != 0
        let isControl = first & 8 != 0
        if length > UInt64(limit) { return end(1009) }
        if isControl, !isFinal || length > 125 { return end(1002) }
        var mask: UInt64?
        if second & 0x80 != 0 {
            mask = number(of: 4)
            guard mask != nil else { return false }
        }
        guard bytes.count - position >= Int(length) else { return false }
        var payload = Array(bytes[position..<position + Int(length)])
        position += Int(length)
        guard let mask, first & 0x70 == 0 else { return end(1002) }
        for index in payload.indices { payload[index] ^= UInt8(truncatingIfNeeded: mask >> (24 - index % 4 * 8)) }

        switch first & 15 {
        case 0:
            guard message != nil else { return end(1002) }
            message?.bytes += payload
            if message?.bytes.count ?? 0 > limit { return end(1009) }
        case 1, 2:
            guard message == nil else { return end(1002) }
            message = (first & 15 == 1, payload)
        case 8: return close(payload)
        case 9:
            pings.append(payload)
            return true
        case 10: return true
        default: return end(1002)
        }
        guard isFinal, let whole = message else { return true }
        message = nil
        guard !whole.isText || Self.isUTF8(whole.bytes) else { return end(1007) }
        delivered.append(whole.isText ? .text(whole.bytes) : .binary(whole.bytes))
        return true
    }

    private mutating func end(_ code: UInt16) -> Bool {
        closeCode = code
        return true
    }

    private mutating func close(_ payload: [UInt8]) -> Bool {
        guard payload.count > 1 else { return end(payload.isEmpty ? Self.noCode : 1002) }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        let isAllowed = (1000...1014).contains(code) && !(1004...1006).contains(code) || (3000...4999).contains(code)
        return end(isAllowed ? code : 1002)
    }

    /// RFC 3629.
    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        func isContinuation(_ byte: UInt8?) -> Bool { byte.map { $0 & 0xC0 == 0x80 } ?? false }
        while let first = rest.popFirst() {
            let count: Int
            var allowed: ClosedRange<UInt8> = 0x80...0xBF
            switch first {
            case 0...0x7F: continue
            case 0xC2...0xDF: count = 1
            case 0xE0...0xEF:
                count = 2
                if first == 0xE0 { allowed = 0xA0...0xBF }
                if first == 0xED { allowed = 0x80...0x9F }
            case 0xF0...0xF4:
                count = 3
                if first == 0xF0 { allowed = 0x90...0xBF }
                if first == 0xF4 { allowed = 0x80...0x8F }
            default: return false
            }
            guard let second = rest.popFirst(), allowed.contains(second) else { return false }
            for _ in 1..<count where !isContinuation(rest.popFirst()) { return false }
        }
        return true
    }
}
