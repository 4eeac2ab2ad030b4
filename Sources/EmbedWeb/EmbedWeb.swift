import CZlib
import Foundation

/// `embed-web FOLDER OUTPUT`: writes all files of a folder into a Swift file, compressed, each by its path.
///
/// As base64 in string literals: the compiler takes a second for what would take it minutes as an array of bytes.
@main struct EmbedWeb {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { fatalError("usage: embed-web FOLDER OUTPUT") }
        let folder = URL(filePath: arguments[1], directoryHint: .isDirectory)
        var lines = ["enum Embedded {", "    static let files: [(path: String, gzip: String)] = ["]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() where isServed(path) {
            let file = folder.appending(path: path)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            let text = gzip([UInt8](try Data(contentsOf: file)))
            lines.append("        (\"\(path)\", \"\(Data(text).base64EncodedString())\"),")
        }
        lines += ["    ]", "}", ""]
        try lines.joined(separator: "\n").write(toFile: arguments[2], atomically: true, encoding: .utf8)
    }

    /// What only those need who work on the page stays out.
    private static func isServed(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return !name.hasPrefix(".") && !name.hasSuffix(".d.ts") && !["jsconfig.json", "package.json"].contains(name)
    }

    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        // 16 more than the largest window asks for gzip's header instead of zlib's.
        let version = ZLIB_VERSION, size = Int32(MemoryLayout<z_stream>.size)
        precondition(deflateInit2_(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, version, size) == Z_OK)
        defer { deflateEnd(&stream) }
        var input = bytes
        return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count)))) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
            }
            count = Int(stream.total_out)
        }
    }
}
