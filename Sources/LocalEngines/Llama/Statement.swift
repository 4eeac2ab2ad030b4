/// What tells an English statement from a request by its form.
///
/// Neither the model nor the words in common tell "My alarm didn't ring this morning" from a request: it is about what a
/// function is about, and asks for nothing. But each of its clauses begins with its subject, and requests hardly ever
/// are like that. In other languages nothing looks like a statement, and the rest decides.
enum Statement {
    /// Whether `said` only tells something: every clause begins with its subject, and none asks or wishes.
    static func isOne(_ said: String) -> Bool {
        guard !said.contains("?") else { return false }
        let text = said.lowercased().replacing("’", with: "'")
        let clauses = text.split { ",;:.!".contains($0) }.map { clause in
            clause.split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
        }.filter { !$0.isEmpty && !fillers.isSuperset(of: $0) }
        return !clauses.isEmpty
            && clauses.allSatisfy { clause in
                guard let first = clause.first, requests.isDisjoint(with: clause) else { return false }
                // "The weather in Paris" has no verb: somebody wants it.
                return subjects.contains(first) || articles.contains(first) && !verbs.isDisjoint(with: clause)
            }
    }

    private static let subjects = words(
        """
        i i'm i've i'll we we're we've we'll he he's she she's it it's they they're there there's that's this that \
        these those my our his her their your you you're everything everybody everyone nothing nobody
        """)
    private static let articles = words("the a an some many most")
    private static let verbs = words("is are was were has had isn't aren't wasn't weren't")
    private static let requests = words("please need needs want i'd we'd can could would let looking")
    private static let fillers = words("yes no oh okay ok well alright right sorry hmm haha wow")

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
}
