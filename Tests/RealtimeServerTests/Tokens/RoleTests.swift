import Testing

@testable import RealtimeServer

/// Who gets which role, and what it permits.
@Suite struct RoleTests {
    static let contributor = Role.cognitiveServicesContributor
    static let user = Role.cognitiveServicesOpenAIUser

    @Test(
        arguments: [
            (.subject("object-1"), true), (.subject("subject-1"), true), (.subject("Ada"), false),
            (.subject(""), false),
            (.subject("OBJECT-1"), false), (.group("group-2"), true), (.group("group-3"), false),
            (.group("object-1"), false), (.appRole("Voice.User"), true), (.appRole("Voice"), false),
            (.appRole("group-1"), false),
        ] as [(RoleAssignment.Assignee, Bool)]) func assigns(_ assignee: RoleAssignment.Assignee, _ applies: Bool)
        async throws
    {
        let bench = try Bench(assignments: [RoleAssignment(Self.user, to: assignee)])
        let caller = try await bench.verifier.verify(bench.token().signed)
        #expect(caller.roles == (applies ? [Self.user] : []))
        #expect(caller.may(.inference) == applies)
    }

    @Test func anAssignmentCanBeOneIssuers() async throws {
        let elsewhere = RoleAssignment(Self.user, to: .subject("object-1"), issuers: ["https://login.example.com"])
        let bench = try Bench(assignments: [elsewhere])
        #expect(try await bench.verifier.verify(bench.token().signed).roles.isEmpty)
        let caller = Caller(try UnverifiedToken(bench.token().signed).claims, acceptedFor: 0)
        #expect(RoleAssignment(Self.user, to: .subject("object-1"), issuers: [bench.server.url]).applies(to: caller))
    }

    /// Swift takes these for the same text; an issuer may have given them to two users.
    @Test func aNameIsTakenByteByByte() async throws {
        let assignments = ["Zoe\u{308}", "\u{212A}"].map { RoleAssignment(Self.user, to: .subject($0)) }
        let bench = try Bench(assignments: assignments)
        for (subject, isThere) in [("Zo\u{EB}", false), ("Zoe\u{308}", true), ("K", false), ("\u{212A}", true)] {
            var token = try bench.token()
            token.claims["sub"] = .text(subject)
            #expect(try await bench.verifier.verify(token.signed).may(.inference) == isThere)
        }
    }

    @Test func rolesAddUp() async throws {
        let bench = try Bench(assignments: [
            RoleAssignment(Self.user, to: .group("group-1")),
            RoleAssignment(Self.contributor, to: .subject("object-1")),
        ])
        let caller = try await bench.verifier.verify(bench.token().signed)
        #expect(caller.roles == [Self.user, Self.contributor])
    }

    @Test(
        arguments: [
            (.cognitiveServicesUser, .inference, true), (.cognitiveServicesUser, .management, false),
            (user, .inference, true), (user, .management, false), (contributor, .inference, true),
            (contributor, .management, true),
        ] as [(Role, Role.Permission, Bool)])
    func permits(_ role: Role, _ permission: Role.Permission, _ isPermitted: Bool) async throws {
        let bench = try Bench(assignments: [RoleAssignment(role, to: .subject("object-1"))])
        let caller = try await bench.verifier.verify(bench.token().signed)
        #expect(caller.may(permission) == isPermitted)
        #expect((caller.refusal(of: permission, operation: "GET /") == nil) == isPermitted)
    }

    @Test func aCallerWithoutARoleIsForbidden() async throws {
        let bench = try Bench()
        let caller = try await bench.verifier.verify(bench.token().signed)
        let refusal = try #require(caller.refusal(of: .inference, operation: "GET /openai/realtime"))
        #expect(refusal.status == 403 && refusal.code == "PermissionDenied")
        #expect(
            refusal.message
                == "The principal `object-1` lacks the required data action"
                + " `Microsoft.CognitiveServices/accounts/OpenAI/deployments/realtime/action` to perform"
                + " `GET /openai/realtime` operation. The server's operator can assign one of these roles: Cognitive"
                + " Services User, Cognitive Services OpenAI User, Cognitive Services Contributor.")
    }

    @Test func theControlPlaneTakesAContributor() async throws {
        let bench = try Bench(assignments: [RoleAssignment(Self.user, to: .subject("object-1"))])
        let caller = try await bench.verifier.verify(bench.token().signed)
        let refusal = try #require(caller.refusal(of: .management, operation: "PUT /deployments/a"))
        #expect(refusal.status == 403)
        #expect(refusal.message.hasSuffix("one of these roles: Cognitive Services Contributor."))
        #expect(
            refusal.reason
                == #"Ada, principal object-1 of \#(bench.server.url), has the roles ["Cognitive Services OpenAI User"];"#
                + " `PUT /deployments/a` takes one of: Cognitive Services Contributor")
    }

    /// A name of the user's own making cannot forge a line of the log.
    @Test func namesAreFitForALog() async throws {
        let bench = try Bench()
        var token = try bench.token()
        token.claims["name"] = .text("Zoë\n\u{1B}[31m\u{202E}" + String(repeating: "x", count: 500))
        let name = try await bench.verifier.verify(token.signed).name
        #expect(name.hasPrefix("Zoë??[31m?xxx") && name.count == 120)
    }

    @Test(
        arguments: [
            ("Cognitive Services User", .cognitiveServicesUser), ("cognitive services openai user", user),
            ("Cognitive Services Contributor", contributor), ("Contributor", contributor), ("contributor", contributor),
        ] as [(String, Role)]) func readsAName(_ name: String, _ role: Role) throws
    {
        #expect(try Role(named: name) == role)
    }

    @Test func saysWhichNamesThereAre() {
        let error = #expect(throws: TokenSettingError.self) { try Role(named: "Owner") }
        #expect(
            error?.description
                == "role: There is no role \"Owner\". Give one of: Cognitive Services User, Cognitive Services OpenAI User,"
                + " Cognitive Services Contributor.")
    }
}
