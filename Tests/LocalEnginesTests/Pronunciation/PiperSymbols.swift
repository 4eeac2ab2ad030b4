/// What the Piper voice en_US-joe-medium has an input for: the keys of `phoneme_id_map` in its `.onnx.json`.
enum PiperSymbols {
    static let joe = Set(
        (" !\"#$'(),-.0123456789:;?^_abcdefhijklmnopqrstuvwxyzæçðøħŋœǀ"
            + "ǁǂǃɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐ"
            + "ʑʒʔʕʘʙʛʜʝʟʡʢʰʲˈˌːˑ˞ˤ\u{303}\u{327}\u{329}\u{32a}\u{32f}βεθχᵻ"
            + "↓ⱱ").unicodeScalars)
}
