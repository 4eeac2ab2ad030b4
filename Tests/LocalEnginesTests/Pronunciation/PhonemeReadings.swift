/// How words sound, in the IPA of espeak for American English.
enum PhonemeReadings {
    /// Words and inflections as any American dictionary gives them.
    static let words: [Reading] = [
        Reading("hello", "həlˈoʊ"),
        Reading("world", "wˈɜːld"),
        Reading("water", "wˈɔːɾɚ"),
        Reading("through", "θɹˈuː"),
        Reading("enough", "ɪnˈʌf"),
        Reading("children", "tʃˈɪldɹən"),
        Reading("button", "bˈʌʔn\u{329}"),
        Reading("little", "lˈɪɾəl"),
        Reading("music", "mjˈuːzɪk"),
        Reading("vision", "vˈɪʒən"),
        Reading("judge", "dʒˈʌdʒ"),
        Reading("bird", "bˈɜːd"),
        Reading("fire", "fˈaɪɚ"),
        Reading("boy", "bˈɔɪ"),
        Reading("house", "hˈaʊs"),
        Reading("about", "ɐbˈaʊt"),
        Reading("return", "ɹᵻtˈɜːn"),
        Reading("more", "mˈoːɹ"),
        Reading("café", "kæfˈeɪ"),
        Reading("Polish", "pˈoʊlɪʃ"),
        Reading("polish", "pˈɑːlɪʃ"),
        Reading("I'm", "ˈaɪm"),
        Reading("HELLO", "həlˈoʊ"),
        Reading("NASA", "nˈæsə"),
        Reading("FBI", "ˈɛf bˈiː ˈaɪ"),
        Reading("CPUs", "sˈiː pˈiː jˈuːz"),
    ]

    /// No dictionary lists these: endings, prefixes and compounds of words it does.
    static let derived: [Reading] = [
        Reading("wugs", "wˈʌɡz"),
        Reading("netflix", "nˈɛtflɪks"),
        Reading("toothbrushes", "tˈuːθbɹˌʌʃᵻz"),
        Reading("Swift's", "swˈɪfts"),
        Reading("birdhouse's", "bˈɜːdhˌaʊsᵻz"),
        Reading("rewatched", "ɹiwˈɑːtʃt"),
        Reading("well-known", "wˈɛl nˈoʊn"),
    ]

    /// Invented words, whose spelling leaves an English reader one natural choice.
    static let invented: [Reading] = [
        Reading("blorft", "blˈɔːɹft"),
        Reading("zintle", "zˈɪntəl"),
        Reading("thwarple", "θwˈɔːɹpəl"),
        Reading("plonkation", "plɑːŋkˈeɪʃən"),
        Reading("vixtrous", "vˈɪkstɹəs"),
        Reading("snarfed", "snˈɑːɹft"),
        Reading("quixel", "kwˈɪksəl"),
        Reading("phlogging", "flˈɑːɡɪŋ"),
        Reading("bliced", "blˈaɪst"),
        Reading("splought", "splˈɔːt"),
        Reading("grockle", "ɡɹˈɑːkəl"),
        Reading("knaster", "nˈæstɚ"),
        Reading("wrelp", "ɹˈɛlp"),
        Reading("psorb", "sˈɔːɹb"),
        Reading("mave", "mˈeɪv"),
        Reading("glight", "ɡlˈaɪt"),
        Reading("ngrx", "ˈɛn dʒˈiː ˈɑːɹ ˈɛks"),
    ]

    /// Words whose sound depends on their neighbours.
    static let sentences: [Reading] = [
        Reading("the apple and the pear", "ðɪ ˈæpəl ænd ðə pˈɛɹ"),
        Reading("a dog, an apple", "ɐ dˈɔɡ, ɐn ˈæpəl"),
        Reading("to eat or to go", "tʊ ˈiːt ɔːɹ tə ɡˈoʊ"),
        Reading("I have read it.", "aɪ hæv ɹˈɛd ɪt."),
        Reading("I want to read it.", "aɪ wˈɑːnt tə ɹˈiːd ɪt."),
        Reading("We live here.", "wiː lˈɪv hˈɪɹ."),
        Reading("a live show", "ɐ lˈaɪv ʃˈoʊ"),
        Reading("They record a record.", "ðeɪ ɹᵻkˈɔːɹd ɐ ɹˈɛkɚd."),
        Reading("the use of it", "ðə jˈuːs ʌv ɪt"),
        Reading("to use it", "tə jˈuːz ɪt"),
        Reading("a present", "ɐ pɹˈɛzənt"),
        Reading("Please close the door.", "plˈiːz klˈoʊz ðə dˈoːɹ."),
        Reading("It is close.", "ɪt ɪz klˈoʊs."),
        Reading("There is no good use.", "ðɛɹ ɪz nˈoʊ ɡˈʊd jˈuːs."),
        Reading("lead pipes", "lˈɛd pˈaɪps"),
        Reading("I object.", "aɪ əbdʒˈɛkt."),
        Reading("my life, nine lives", "maɪ lˈaɪf, nˈaɪn lˈaɪvz"),
        Reading("the wind", "ðə wˈɪnd"),
        Reading("I used to know.", "aɪ jˈuːst tə nˈoʊ."),
        Reading("plan A", "plˈæn ˈeɪ"),
        Reading("Hello, world! Yes?", "həlˈoʊ, wˈɜːld! jˈɛs?"),
        Reading("$5", "fˈaɪv dˈɑːlɚz"),
    ]
}
