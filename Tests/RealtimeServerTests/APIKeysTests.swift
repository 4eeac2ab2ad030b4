import Testing

@testable import RealtimeServer

struct APIKeysTests {
    @Test func comparison() {
        func equal(_ a: String, _ b: String) -> Bool { APIKeys.areEqual(Array(a.utf8), Array(b.utf8)) }
        #expect(equal("abc", "abc"))
        #expect(equal("", ""))
        for wrong in ["", "ab", "abcd", "abd", "abcabc", "ABC", "cba"] { #expect(!equal("abc", wrong)) }
        #expect(!equal("", "a"))
    }

    @Test func masking() {
        #expect(APIKeys.masked("") == "")
        #expect(APIKeys.masked("short") == "*****")
        #expect(APIKeys.masked("0123456789abcde") == "***************")
        #expect(APIKeys.masked("sk-0123456789abcdef") == "sk-********cdef")
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("LOCALHOST", true), ("::1", true),
        ("[::1]", true), ("0.0.0.0", false), ("::", false), ("192.168.1.1", false), ("127.example.com", false),
        ("127.0.0.1.example", false), ("example.com", false), ("", false),
    ])
    func loopbackAddresses(address: String, isLocal: Bool) {
        #expect(Loopback.isLocal(address: address) == isLocal)
    }
}
