/// Which capitals are spelt. Those that are neither listed nor free of vowels are left in capitals for the dictionary to
/// decide: it knows "NASA" as a word.
enum Initialisms {
    static func areSpelt(_ letters: String) -> Bool {
        guard letters.utf8.count > 1, letters.utf8.allSatisfy({ (65...90).contains($0) }) else { return false }
        if known.contains(letters) { return true }
        return letters.utf8.count <= 6 && !letters.utf8.contains { vowels.contains($0) }
            && !interjections.contains(letters)
    }

    /// "FBI" → "F B I".
    static func spelt(_ letters: String) -> String { letters.uppercased().map(String.init).joined(separator: " ") }

    private static let vowels = Set("AEIOUY".utf8)
    private static let interjections: Set<String> = [
        "HMM", "HM", "SHH", "SH", "PSST", "MM", "MMM", "BRR", "TSK", "PFFT",
    ]

    /// Letters which also are everyday words: spelt in capitals only, and not amid other capitals.
    static let areWords: Set<String> = ["us", "it", "ad", "id", "am", "pm", "or", "ok", "un", "os", "ip", "pa"]

    private static let known: Set<String> = [
        "AI", "API", "APIS", "ATM", "AWS", "BBC", "BMI", "CEO", "CFO", "CIA", "CIO", "COO", "CPU", "CTO", "DIY", "DNA",
        "DOJ",
        "EPA", "ESP", "ETA", "EU", "FAA", "FAQ", "FBI", "FDA", "GDP", "GPA", "GPU", "GUI", "HIV", "HOA", "IBM", "ID",
        "IEEE",
        "IMF", "IMO", "IO", "IP", "IPO", "IPA", "IQ", "IRC", "IRS", "ISP", "IT", "IOT", "LAPD", "LED", "LLM", "MIT",
        "NBA", "NFL", "NGO", "NHL", "NSA", "NYU", "NYC", "OS", "OK", "PA", "PDF", "RNA", "RSI", "SDK", "SEO", "SUV",
        "TCP",
        "TV", "UCLA", "UDP", "UI", "UK", "UN", "URI", "URL", "US", "USA", "USB", "UTC", "UV", "UX", "VIP", "VPN", "WHO",
        "WTO",
        "AC", "AD", "AM", "PM", "PC", "ACLU", "ADHD", "AFK", "AKA", "AP", "AR", "BA", "BYOB", "CD", "DJ", "DVD", "EV",
        "FYI",
        "HBO", "IDE", "IE", "IV", "IUD", "MA", "NAACP", "OCD", "OCR", "POV", "PTO", "QA", "RSVP", "SOS",
        "SQL", "TBA", "TBD", "UFC", "UFO", "UPS", "USPS", "USSR", "VAT", "YMCA", "CLI", "XML", "TTS", "ASR", "GI",
        "ROI", "KPI", "APR", "AOL", "ABC", "CBS", "NBC", "ESPN", "USC", "EST", "PST", "EDT", "CET", "OECD", "EKG",
        "ECG", "ER",
        "ICU", "ISBN", "ISO", "OEM", "RPM", "URN", "UUID", "UTF", "AAA", "AARP", "IRL",
    ]

    /// Names whose letters and words have to be told apart by knowing them.
    static let mixed = [
        "PhD": "P H D", "PhDs": "P H D's", "iOS": "I O S", "macOS": "mac O S", "iPadOS": "I pad O S",
        "iPhone": "I phone",
        "iPhones": "I phones", "iPad": "I pad", "eBay": "E bay", "GitHub": "Git hub", "YouTube": "You tube",
        "LaTeX": "lay tech", "JPEG": "J peg", "JPEGs": "J pegs", "MySQL": "my S Q L", "SQLite": "S Q lite",
        "JSON": "jason",
        "GIF": "gif", "Wi": "Wi", "WiFi": "Wi-Fi", "QandA": "Q and A", "OAuth": "O auth", "ChatGPT": "Chat G P T",
        "OpenAI": "Open A I",
        "JavaScript": "Java script", "TypeScript": "Type script", "LinkedIn": "Linked in", "PayPal": "Pay pal",
        "FedEx": "Fed Ex", "DeepMind": "Deep mind", "WhatsApp": "Whats app", "TikTok": "Tick tock",
        "PowerPoint": "Power point",
        "PostgreSQL": "post gres Q L", "ASCII": "askey", "kWh": "kilowatt hour", "FAQs": "F A Q's", "IoT": "I O T",
        "WebSocket": "Web socket",
        "YAML": "yammel", "BTW": "by the way", "ASAP": "A S A P", "LGBTQ": "L G B T Q",
    ]
}
