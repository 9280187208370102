//! The places in the source that draw, and what a query has decided for each.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::number::CONTINUOUS;
use crate::number::watch::Landmark;

/// How the derivative of a draw's law is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Strategy {
    /// Through the draw: it is a differentiable function of the parameters. Quiet, but wrong where
    /// the program jumps on it, so a query never keeps it there.
    #[doc(alias("rsample", "reparameterised"))]
    Pathwise,
    /// By the derivative of the log density, times what the draw brought about. Valid for any
    /// program, but noisier, and wrong where the support moves, which a query refuses.
    #[doc(alias("REINFORCE", "likelihood_ratio"))]
    ScoreFunction,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pathwise => "pathwise",
            Self::ScoreFunction => "score function",
        })
    }
}

/// One `sample!` in the source. There is one static for each, shared by all instances of a generic
/// function.
#[derive(Debug)]
pub struct Site {
    /// Number of this site in the process, in order of first use; 0 before. An index, no more:
    /// nothing that a query reports depends on it.
    id: AtomicU32,
    pub(crate) landmark: Landmark,
    pub(crate) declared: Option<Strategy>,
}

static SITES: AtomicU32 = AtomicU32::new(0);

impl Site {
    /// A site; called by `sample!`.
    #[doc(hidden)]
    pub const fn new(
        function: &'static str,
        name: &'static str,
        file: &'static str,
        line: u32,
        declared: Option<Strategy>,
    ) -> Self {
        let landmark = Landmark { function, name, file, line };
        Self { id: AtomicU32::new(0), landmark, declared }
    }

    /// `function.name`.
    pub(crate) fn key(&self) -> String {
        format!("{}.{}", self.landmark.function, self.landmark.name)
    }

    #[inline(always)]
    pub(crate) fn index(&self) -> usize {
        self.id.load(Ordering::Relaxed) as usize
    }

    /// The index, given now if there was none.
    pub(crate) fn assign(&self) -> usize {
        if self.index() == 0 {
            let fresh = SITES.fetch_add(1, Ordering::Relaxed) + 1;
            // Another thread may have been faster; its number stands and ours stays unused.
            let _ = self.id.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed);
        }
        self.index()
    }

    /// How many sites of the process have an index.
    fn assigned() -> usize {
        SITES.load(Ordering::Relaxed) as usize
    }
}

/// What a visit to a site has to do, in one word: the hot path reads it at every draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Visit(u64);

impl Visit {
    /// First time in this query.
    pub(crate) const UNKNOWN: Self = Self(0);
    /// Draw and score.
    pub(crate) const SCORE: Self = Self(1);

    /// Draw along the path and mark the value with one provenance bit.
    pub(crate) fn pathwise(bit: usize) -> Self {
        Self(CONTINUOUS | 1 << bit)
    }

    /// The provenance of a pathwise draw.
    #[inline(always)]
    pub(crate) fn path(self) -> Option<u64> {
        if self.0 & CONTINUOUS != 0 { Some(self.0) } else { None }
    }
}

/// A strategy that the user of a query asked for, by the name or the key of a site.
pub(crate) type Forced = (String, Strategy);

/// A site seen for the first time during a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met {
    pub(crate) site: &'static Site,
    pub(crate) distribution: &'static str,
    pub(crate) pathwise: bool,
}

/// The decisions of a plan, by site index, for one thread.
#[derive(Debug)]
pub(crate) struct SiteTable {
    pub(crate) visits: Vec<Cell<Visit>>,
    /// Sites whose index came after the table was made.
    late: RefCell<Vec<(*const Site, Visit)>>,
    pub(crate) met: RefCell<Vec<Met>>,
}

/// Room for sites that get their index while the table is in use.
const ROOM: usize = 64;

impl SiteTable {
    /// The table of the given decisions.
    pub(crate) fn new(decisions: impl IntoIterator<Item = (&'static Site, Visit)>) -> Self {
        let visits = vec![Cell::new(Visit::UNKNOWN); Site::assigned() + 1 + ROOM];
        let table =
            Self { visits, late: RefCell::default(), met: RefCell::default() };
        for (site, visit) in decisions {
            table.set(site, visit);
        }
        table
    }

    /// What to do at a site that the fast look-up does not know.
    #[cold]
    pub(crate) fn visit_late(&self, site: &'static Site) -> Visit {
        let late = self.late.borrow();
        late.iter().find(|(known, _)| core::ptr::eq(*known, site)).map_or(Visit::UNKNOWN, |x| x.1)
    }

    /// Decides for `site`.
    pub(crate) fn set(&self, site: &'static Site, visit: Visit) {
        match self.visits.get(site.assign()) {
            Some(cell) => cell.set(visit),
            None => self.late.borrow_mut().push((site, visit)),
        }
    }
}
