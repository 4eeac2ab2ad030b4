import Foundation

/// Fourier transforms of four complex signals of 400 samples, side by side: each lane of a vector is a signal of its own.
///
/// 400 = 4 · 4 · 5 · 5; each stage (Stockham's, which needs no reordering) splits what is left by one of these.
final class FourierTransform {
    /// Samples in a signal, and numbers in its transform.
    static let count = 400
    private static let radices = [4, 4, 5, 5]

    /// Four complex numbers.
    struct Lanes {
        var re = SIMD4<Float>.zero
        var im = SIMD4<Float>.zero

        /// Times −i.
        var turned: Lanes { Lanes(re: im, im: -re) }
        static func + (a: Lanes, b: Lanes) -> Lanes { Lanes(re: a.re + b.re, im: a.im + b.im) }
        static func - (a: Lanes, b: Lanes) -> Lanes { Lanes(re: a.re - b.re, im: a.im - b.im) }
        static func * (a: Float, b: Lanes) -> Lanes { Lanes(re: a * b.re, im: a * b.im) }
        /// `a` times cos − i sin.
        static func * (a: Lanes, turn: (cos: Float, sin: Float)) -> Lanes {
            Lanes(re: a.re * turn.cos + a.im * turn.sin, im: a.im * turn.cos - a.re * turn.sin)
        }
    }

    /// The signals before ``run()``, their transforms after it.
    let values: UnsafeMutableBufferPointer<Lanes>
    private let scratch: UnsafeMutableBufferPointer<Lanes>
    /// The turns by *n* of 400 parts of a circle.
    private let turns: [(cos: Float, sin: Float)]

    init() {
        values = .allocate(capacity: Self.count)
        values.initialize(repeating: Lanes())
        scratch = .allocate(capacity: Self.count)
        scratch.initialize(repeating: Lanes())
        turns = (0..<Self.count).map { n in
            let angle = 2 * Double.pi * Double(n) / Double(Self.count)
            return (Float(cos(angle)), Float(sin(angle)))
        }
    }

    deinit {
        values.deallocate()
        scratch.deallocate()
    }

    /// Transforms ``values`` in place.
    func run() {
        var (source, target) = (values, scratch)
        var stride = 1
        for radix in Self.radices {
            let rest = Self.count / stride / radix
            if radix == 4 {
                split4(source, target, stride: stride, rest: rest)
            } else {
                split5(source, target, stride: stride, rest: rest)
            }
            stride *= radix
            swap(&source, &target)
        }
        // An even number of stages: the result is where the signals were.
    }

    private func split4(
        _ source: UnsafeMutableBufferPointer<Lanes>, _ target: UnsafeMutableBufferPointer<Lanes>, stride: Int, rest: Int
    ) {
        for part in 0..<rest {
            let (turn1, turn2, turn3) = (turns[part * stride], turns[2 * part * stride], turns[3 * part * stride])
            for offset in 0..<stride {
                let first = offset + stride * part
                let step = stride * rest
                let (a, b) = (source[first], source[first + step])
                let (c, d) = (source[first + 2 * step], source[first + 3 * step])
                let (even, odd) = (a + c, b + d)
                let (u, v) = (a - c, (b - d).turned)
                let place = offset + stride * 4 * part
                target[place] = even + odd
                target[place + stride] = (u + v) * turn1
                target[place + 2 * stride] = (even - odd) * turn2
                target[place + 3 * stride] = (u - v) * turn3
            }
        }
    }

    private func split5(
        _ source: UnsafeMutableBufferPointer<Lanes>, _ target: UnsafeMutableBufferPointer<Lanes>, stride: Int, rest: Int
    ) {
        let (fifth, twoFifths) = (turns[Self.count / 5], turns[2 * Self.count / 5])
        for part in 0..<rest {
            let (turn1, turn2) = (turns[part * stride], turns[2 * part * stride])
            let (turn3, turn4) = (turns[3 * part * stride], turns[4 * part * stride])
            for offset in 0..<stride {
                let first = offset + stride * part
                let step = stride * rest
                let a = source[first]
                let (b, c) = (source[first + step], source[first + 2 * step])
                let (d, e) = (source[first + 3 * step], source[first + 4 * step])
                let (outer, inner) = (b + e, c + d)
                let (outerGap, innerGap) = (b - e, c - d)
                let u1 = a + fifth.cos * outer + twoFifths.cos * inner
                let u2 = a + twoFifths.cos * outer + fifth.cos * inner
                let v1 = (fifth.sin * outerGap + twoFifths.sin * innerGap).turned
                let v2 = (twoFifths.sin * outerGap - fifth.sin * innerGap).turned
                let place = offset + stride * 5 * part
                target[place] = a + outer + inner
                target[place + stride] = (u1 + v1) * turn1
                target[place + 2 * stride] = (u2 + v2) * turn2
                target[place + 3 * stride] = (u2 - v2) * turn3
                target[place + 4 * stride] = (u1 - v1) * turn4
            }
        }
    }
}
