//! Control variates of the score function.

/// What is subtracted from the score terms to lower their variance. None of them sees the present
/// replicate, so all of them are unbiased, also for two replicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Baseline {
    /// For every parameter $j$ the multiple $\beta_j = Cov(g_j, s_j) / Var(s_j)$ of the replicate's
    /// total score $s_j$, where $g_j$ is its gradient. The replicates form two folds and each uses
    /// the other's $\beta$. With fewer than 32 replicates a fold: `Mean`.
    ///
    /// Source: Greensmith, Bartlett and Baxter (2004), JMLR 5, section 5.
    #[default]
    Optimal,
    /// The mean value of the other replicates.
    ///
    /// Source: Kool, van Hoof and Welling (2019), Buy 4 REINFORCE samples, get a baseline for free.
    Mean,
    /// Nothing.
    None,
}
