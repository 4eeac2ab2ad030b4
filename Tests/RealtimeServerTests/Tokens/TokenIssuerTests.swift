import Logging
import Testing

@testable import RealtimeServer

/// Settings, good and bad.
@Suite struct TokenIssuerTests {
    @Test(arguments: [
        "https://login.example.com", "https://login.example.com:8443/realms/voice", "http://127.0.0.1:8089",
        "http://localhost/", "http://[::1]:8089", "https://login.microsoftonline.com/t/v2.0",
    ]) func accepts(_ url: String) throws {
        #expect(try TokenIssuer(url).url == url)
    }

    @Test(arguments: [
        "", "login.example.com", "http://login.example.com", "http://127.0.0.1.example.com", "http://127.0.0.256",
        "http://localhost.example.com", "ftp://login.example.com", "https://", "https:///path", "HTTPS:login",
        "https://user@login.example.com", "https://user:password@login.example.com", "https://login.example.com?a=b",
        "https://login.example.com#a", "https://login.example.com/a b", "https://login.example.com\n", "file:///etc",
    ]) func refusesAURL(_ url: String) {
        let error = #expect(throws: TokenSettingError.self) { try TokenIssuer(url) }
        #expect(error?.setting == "issuer")
        #expect(error?.message.contains("https://login.microsoftonline.com/<tenant id>/v2.0") == true)
    }

    @Test(arguments: [-1, 601, .max, .min]) func refusesASkew(_ seconds: Int) {
        let error = #expect(throws: TokenSettingError.self) {
            try TokenIssuer("https://login.example.com", clockSkew: seconds)
        }
        #expect(
            error?.description == "clock-skew: \(seconds) seconds are out of range: 0 to 600. Leave it out for 300.")
    }

    @Test func refusesEmptyLists() {
        for audiences in [[], [""], ["https://ai.azure.com", ""]] {
            let error = #expect(throws: TokenSettingError.self) {
                try TokenIssuer("https://login.example.com", audiences: audiences)
            }
            #expect(error?.setting == "audiences")
        }
        let error = #expect(throws: TokenSettingError.self) {
            try TokenIssuer("https://login.example.com", tenants: [""])
        }
        #expect(error?.setting == "tenants")
    }

    @Test func refusesAnIssuerTwice() throws {
        let issuer = try TokenIssuer("https://login.example.com")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let error = #expect(throws: TokenSettingError.self) {
            try TokenVerifier(issuers: [issuer, issuer], assignments: [], logger: logger)
        }
        #expect(error?.message.contains("is there twice") == true)
    }

    @Test func knowsBothIssuersOfAnEntraTenant() throws {
        let issuers = try TokenIssuer.entra(tenant: "72F988BF-86F1-41AF-91AB-2D7CD011DB47")
        let id = "72f988bf-86f1-41af-91ab-2d7cd011db47"
        #expect(
            issuers.map(\.url)
                == ["https://login.microsoftonline.com/\(id)/v2.0", "https://sts.windows.net/\(id)/"])
        #expect(
            issuers.map(\.discoveryURL) == [
                "https://login.microsoftonline.com/\(id)/v2.0/.well-known/openid-configuration",
                "https://sts.windows.net/\(id)/.well-known/openid-configuration",
            ])
        #expect(issuers.allSatisfy { $0.tenants == [id] && $0.clockSkew == 300 && $0.audiences.count == 4 })
    }

    @Test(arguments: [
        "", "common", "organizations", "contoso.onmicrosoft.com", "72f988bf86f141af91ab2d7cd011db47",
        "72f988bf-86f1-41af-91ab-2d7cd011db4/", "72f988bf-86f1-41af-91ab-2d7cd011db47/..",
    ]) func refusesATenant(_ tenant: String) {
        let error = #expect(throws: TokenSettingError.self) { try TokenIssuer.entra(tenant: tenant) }
        #expect(error?.setting == "tenant")
    }
}
