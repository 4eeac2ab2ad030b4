import Foundation
import NIOCore
import SwiftASN1
import X509

/// The names under which clients on the same network reach this machine, as a certificate lists them.
struct MachineNames: Sendable, Hashable {
    /// Host names, like `studio.local`.
    var hosts: Set<String>
    /// IP addresses: 4 or 16 bytes each, in network order.
    var addresses: Set<[UInt8]>

    /// What this machine is called now: `localhost`, its host name, that name with `.local`, the loopback addresses and those
    /// of its network interfaces.
    static func current() -> MachineNames {
        let interfaces = (try? System.enumerateDevices())?.compactMap(\.address) ?? []
        return MachineNames(
            hostName: ProcessInfo.processInfo.hostName, addresses: interfaces.compactMap(\.bytes))
    }

    /// The names of a machine whose host name and addresses are these.
    init(hostName: String, addresses: [[UInt8]]) {
        hosts = ["localhost"]
        let host = hostName.lowercased()
        // A certificate holds nothing else, and a host name should not.
        let label = host.prefix { $0 != "." }
        if !label.isEmpty, label != "localhost",
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
        {
            hosts.formUnion([host, label + ".local"])
        }
        self.addresses = Set(addresses.filter { !Self.isLinkLocal($0) })
        self.addresses.formUnion([[127, 0, 0, 1], [UInt8](repeating: 0, count: 15) + [1]])
    }

    /// The names in `certificate`.
    init(_ certificate: Certificate) throws {
        hosts = []
        addresses = []
        for name in try certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames([]) {
            switch name {
            case .dnsName(let host): hosts.insert(host)
            case .ipAddress(let address): addresses.insert(Array(address.bytes))
            default: break
            }
        }
    }

    /// The same names, in order, as a certificate lists them.
    var alternativeNames: SubjectAlternativeNames {
        let byLength: ([UInt8], [UInt8]) -> Bool = { ($0.count, $0.description) < ($1.count, $1.description) }
        return SubjectAlternativeNames(
            hosts.sorted().map { .dnsName($0) }
                + addresses.sorted(by: byLength).map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) })
    }

    /// fe80::/10: one needs the client's interface to be reached, which no certificate can name; and every container that is
    /// started brings another, for each of which the certificate would have to be made anew.
    private static func isLinkLocal(_ address: [UInt8]) -> Bool {
        address.count == 16 && address[0] == 0xFE && address[1] & 0xC0 == 0x80
    }
}

extension SocketAddress {
    /// The IP address in network order.
    fileprivate var bytes: [UInt8]? {
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        case .unixDomainSocket: nil
        }
    }
}
