/// What listeners say without wanting the turn.
///
/// People nod in words while another speaks, and recognizers find such words in coughs. English only: in other languages
/// whoever says a word over an answer takes the turn.
enum Backchannel {
    /// Whether `text` holds nothing else, or nothing at all.
    static func isAll(of text: String) -> Bool {
        let spoken = text.lowercased().replacing("’", with: "'")
        let words = spoken.split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
        var rest = words[...]
        while !rest.isEmpty {
            guard let count = phrases.first(where: { rest.starts(with: $0) })?.count else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Longest first.
    private static let phrases: [[String]] = """
        i see,got it,of course,thank you,that's right,you're right,uh huh,mm hm,mm hmm,m hm,oh my,oh god,good point,
        ah,aha,ahem,aw,cool,eh,er,exactly,good,great,ha,haha,hm,hmm,huh,indeed,interesting,m,mhm,mm,mmm,mmhmm,nice,oh,oho,
        ok,okay,ooh,right,sure,true,uh,uhm,um,wow,yay,yeah,yep,yes,yup,you,hic,ugh,phew,tsk,cough,coughs,laughs,sneezes
        """.split { $0 == "," || $0.isNewline }.map { $0.split(separator: " ").map(String.init) }
        .sorted { $0.count > $1.count }
}
