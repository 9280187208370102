//! Where a number's derivative came from: one `u64` beside the dual number, joined by OR.

use core::marker::PhantomData;

/// The number depends on a continuous draw, of whatever strategy.
pub(crate) const CONTINUOUS: u64 = 1 << 63;
/// The number went through a kink (`max`, `abs`, ..) whose two sides move differently, so that a
/// zero tangent does not show that nothing moves.
pub(crate) const KINKED: u64 = 1 << 62;
/// Through which pathwise sites the derivative arrives. Sites beyond the last bit share it.
pub(crate) const SITES: u64 = KINKED - 1;
/// How many sites have a bit of their own or share the last one.
pub(crate) const SITE_BITS: usize = 62;

/// The provenance of a number, as bits; nothing at all in mode `Primal`.
pub trait Provenance: Copy + core::fmt::Debug {
    /// Whether comparisons have to be watched.
    const TRACKED: bool;
    /// Provenance with the given bits.
    fn from_bits(bits: u64) -> Self;
    /// The bits.
    fn bits(self) -> u64;
    /// Either operand's provenance.
    #[inline(always)]
    fn join(self, other: Self) -> Self {
        Self::from_bits(self.bits() | other.bits())
    }
}

/// No provenance: mode `Primal`.
#[derive(Clone, Copy, Debug)]
pub struct Untracked;

/// Provenance bits. The raw pointer marker keeps such numbers on their thread: a comparison made
/// on another thread could not be seen by the replicate that owns the number.
#[derive(Clone, Copy, Debug)]
pub struct Tracked {
    bits: u64,
    thread_bound: PhantomData<*const ()>,
}

impl Provenance for Untracked {
    const TRACKED: bool = false;
    #[inline(always)]
    fn from_bits(_: u64) -> Self {
        Self
    }
    #[inline(always)]
    fn bits(self) -> u64 {
        0
    }
}

impl Provenance for Tracked {
    const TRACKED: bool = true;
    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        Self { bits, thread_bound: PhantomData }
    }
    #[inline(always)]
    fn bits(self) -> u64 {
        self.bits
    }
}
