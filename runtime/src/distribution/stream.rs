//! The random stream of a chunk of replicates.

use core::convert::Infallible;

use rand::TryRng;
use rand_distr::{Distribution as _, Exp1, StandardNormal};

/// Xoshiro256++ with a stream for every chunk: what distributions draw from.
///
/// It implements `rand::Rng`, so any `rand` or `rand_distr` sampler runs on it. The state is kept
/// here, not in `rand`'s own type, because the context of a replicate holds it in a `Cell`, which
/// wants it `Copy`. Source: Blackman and Vigna (2021), Scrambled linear pseudorandom number
/// generators, ACM TOMS 47, doi:10.1145/3460772.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    state: [u64; 4],
}

/// Golden ratio increment of `SplitMix64`.
const PHI: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline(always)]
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(PHI);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The middle of the interval of width 2^-52 that the upper bits of `word` name.
#[inline(always)]
fn between(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * f64::EPSILON
}

impl Stream {
    /// The stream of one seed, as `rand`'s `Xoshiro256PlusPlus::seed_from_u64`.
    #[inline]
    pub fn from_seed(seed: u64) -> Self {
        let mut mixer = seed;
        Self { state: core::array::from_fn(|_| split_mix(&mut mixer)) }
    }

    /// The stream of chunk `chunk` of a query with seed `seed`. Seed and chunk number are mixed
    /// before they meet, so that neighbouring seeds do not share shifted chunks.
    #[inline]
    pub(crate) fn of_chunk(seed: u64, chunk: u64) -> Self {
        let mut mixer = seed;
        let mixed = split_mix(&mut mixer);
        Self::from_seed(mixed ^ chunk.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// The next 64 random bits.
    #[inline(always)]
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform on `[0, 1)`, a multiple of 2^-53.
    #[inline(always)]
    pub fn half_open01(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * f64::EPSILON / 2.0
    }

    /// Uniform on `(0, 1)`: the odd multiples of 2^-53, symmetric about one half. (With one bit more
    /// the largest of them would round to 1.)
    #[inline(always)]
    pub fn open01(&mut self) -> f64 {
        between(self.bits())
    }

    /// Standard normal, by the ziggurat of `rand_distr`.
    #[inline(always)]
    pub fn standard_normal(&mut self) -> f64 {
        StandardNormal.sample(self)
    }

    /// Exponential with rate 1, by the ziggurat of `rand_distr`.
    #[inline(always)]
    pub fn standard_exponential(&mut self) -> f64 {
        Exp1.sample(self)
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    #[inline(always)]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.bits() >> 32) as u32)
    }

    #[inline(always)]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.bits())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.bits().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Stream, between};
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{Rng, SeedableRng};

    #[test]
    fn is_the_generator_of_rand() {
        for seed in [0, 1, 7, u64::MAX] {
            let mut ours = Stream::from_seed(seed);
            let mut theirs = Xoshiro256PlusPlus::seed_from_u64(seed);
            for _ in 0..1000 {
                assert_eq!(ours.next_u64(), theirs.next_u64());
            }
            let (mut a, mut b) = ([0; 13], [0; 13]);
            ours.fill_bytes(&mut a);
            theirs.fill_bytes(&mut b);
            assert_eq!(a, b);
        }
    }

    #[test]
    fn open_interval_is_open_and_symmetric() {
        assert_eq!(between(0), f64::EPSILON / 2.0);
        assert_eq!(between(u64::MAX), 1.0 - f64::EPSILON / 2.0);
        assert_eq!(between(1 << 63) - 0.5, 0.5 - between((1 << 63) - 1));
    }

    #[test]
    fn chunks_of_neighbouring_seeds_do_not_coincide() {
        let mut first = std::collections::BTreeSet::new();
        for seed in 0..64 {
            for chunk in 0..64 {
                assert!(first.insert(Stream::of_chunk(seed, chunk).bits()));
            }
        }
    }
}
