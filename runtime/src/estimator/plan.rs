//! The plan of a query: which strategy each site has, and why.

use core::fmt;

use crate::number::SITE_BITS;
use crate::number::event::{Event, Landmark, Operation};
use crate::program::{Forced, Met, Site, Stochastic, Strategy, Visit};

/// A line of the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Place {
    /// Path of the file as the compiler saw it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Set where the operation itself happened inside the standard library (in a sort, or the
    /// comparison of two tuples): the draw before it, whose line this then is.
    pub after: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.after {
            None => write!(f, "{}:{}", self.file, self.line),
            Some(site) => {
                write!(f, "the standard library, after `{site}` at {}:{}", self.file, self.line)
            }
        }
    }
}

impl Place {
    pub(crate) fn of_landmark(landmark: &Landmark) -> Self {
        Self { file: landmark.file.to_owned(), line: landmark.line, after: None }
    }

    pub(crate) fn of_program<S: Stochastic>() -> Self {
        let (file, line) = S::PLACE;
        Self { file: file.to_owned(), line, after: None }
    }

    pub(crate) fn of_event(event: &Event) -> Self {
        match event.landmark {
            Some(landmark) if event.inside_std() => {
                Self { after: Some(landmark.key()), ..Self::of_landmark(landmark) }
            }
            _ => Self {
                file: event.location.file().to_owned(),
                line: event.location.line(),
                after: None,
            },
        }
    }
}

/// Why a site has its strategy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Reason {
    /// The program is continuous in the draw, as far as all replicates went: "no jump on what it
    /// moves".
    Continuous,
    /// The distribution has no differentiable path: it is discrete, say.
    /// "Its values have no differentiable path".
    NoPath,
    /// A comparison or another step function of a number that moves with the draw.
    Jump {
        /// The operation, as in the source.
        operation: String,
        /// Where.
        place: Place,
    },
    /// A conversion to a plain number that drops the derivative.
    Plain {
        /// The operation, as in the source.
        operation: String,
        /// Where.
        place: Place,
    },
    /// `detach` of a number that moves with the draw.
    Detached {
        /// Where.
        place: Place,
    },
    /// The draw moves the support of another one, which is scored.
    MovesSupport {
        /// The other site.
        site: String,
    },
    /// `strategy = ..` at the site.
    Declared,
    /// `.strategy(..)` of the query.
    Requested,
    /// The plan that was handed in says so.
    Kept,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Continuous => f.write_str("no jump on what it moves"),
            Self::NoPath => f.write_str("its values have no differentiable path"),
            Self::Jump { operation, place } => write!(f, "jump: `{operation}` at {place}"),
            Self::Plain { operation, place } => {
                write!(f, "derivative ends: `{operation}` at {place}")
            }
            Self::Detached { place } => write!(f, "`detach` at {place}"),
            Self::MovesSupport { site } => write!(f, "it moves the support of `{site}`"),
            Self::Declared => f.write_str("asked for at the site"),
            Self::Requested => f.write_str("asked for by the query"),
            Self::Kept => f.write_str("kept from an earlier plan"),
        }
    }
}

impl Reason {
    pub(crate) fn of_event(event: &Event) -> Self {
        let place = Place::of_event(event);
        match event.operation {
            Operation::Jump(name) | Operation::Outside(name) => {
                Self::Jump { operation: name.to_owned(), place }
            }
            Operation::Plain(name) => Self::Plain { operation: name.to_owned(), place },
            Operation::Detach => Self::Detached { place },
        }
    }
}

/// One site of a program, with the strategy that a query chose and why.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SiteReport {
    function: String,
    name: String,
    key: String,
    distribution: String,
    place: Place,
    strategy: Strategy,
    reason: Reason,
    #[cfg_attr(feature = "serde", serde(skip))]
    site: Option<&'static Site>,
}

impl SiteReport {
    /// The name: the `let` binding, or `name = ".."`, or distribution and line.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The annotated function that it stands in.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// `function.name`, with `#2` and so on where that is not unique.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The distribution.
    pub fn distribution(&self) -> &str {
        &self.distribution
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// How its derivative is estimated.
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    fn fixed(&self) -> bool {
        matches!(self.reason, Reason::Declared | Reason::Requested)
    }

    fn fits(&self, name: &str) -> bool {
        self.name == name || self.key == name
    }
}

/// The strategies of all sites that a query met, in the order in which it met them.
///
/// Handed to another query of the same program with `.plan(&plan)` it saves the search, never the
/// checks; sites that it does not hold are decided for as usual. An empty plan (`Plan::default()`)
/// holds none.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Plan {
    /// The program that it was made for.
    program: String,
    sites: Vec<SiteReport>,
}

/// Why a plan cannot be made as asked.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// A name fits several sites.
    Ambiguous { name: String, candidates: Vec<String> },
    /// A distribution does not have the strategy.
    Unavailable { site: String, place: Place, distribution: String, strategy: Strategy },
    /// A strategy that was asked for would give a wrong gradient.
    Invalid { site: String, place: Place, strategy: Strategy, reason: Reason },
}

impl Plan {
    /// The sites.
    pub fn sites(&self) -> &[SiteReport] {
        &self.sites
    }

    /// The plan as a start for a query of `program`. What was made for another one holds only by the
    /// names of the sites.
    pub(crate) fn adapted(&self, program: &str) -> Self {
        let mut plan = self.clone();
        // What an earlier query asked for binds that query alone.
        for site in plan.sites.iter_mut().filter(|site| site.reason == Reason::Requested) {
            site.reason = Reason::Kept;
        }
        if plan.program != program {
            program.clone_into(&mut plan.program);
            plan.sites.iter_mut().for_each(|site| site.site = None);
        }
        plan
    }

    /// Forgets sites that were never met.
    pub(crate) fn tidy(&mut self) {
        self.sites.retain(|site| site.site.is_some());
    }

    /// Whether any site is scored.
    pub(crate) fn scores(&self) -> bool {
        self.sites.iter().any(|site| site.strategy == Strategy::ScoreFunction)
    }

    /// Applies what a query asks for to the sites known already.
    pub(crate) fn request(&mut self, forced: &[Forced]) -> Result<(), Refusal> {
        for (name, strategy) in forced {
            self.check_unique(name)?;
            for site in self.sites.iter_mut().filter(|s| s.fits(name)) {
                site.strategy = *strategy;
                site.reason = Reason::Requested;
            }
        }
        Ok(())
    }

    fn check_unique(&self, name: &str) -> Result<(), Refusal> {
        let fitting: Vec<_> = self.sites.iter().filter(|s| s.fits(name)).collect();
        if fitting.len() > 1 && !fitting.iter().any(|s| s.key == name) {
            let candidates = fitting.iter().map(|s| s.key.clone()).collect();
            return Err(Refusal::Ambiguous { name: name.to_owned(), candidates });
        }
        Ok(())
    }

    /// The names among `forced` that fit no site.
    pub(crate) fn unknown<'f>(&self, forced: &'f [Forced]) -> Option<&'f str> {
        let unknown = |name: &str| !self.sites.iter().any(|s| s.fits(name));
        forced.iter().map(|(name, _)| name.as_str()).find(|name| unknown(name))
    }

    /// What each known site has to do.
    pub(crate) fn decisions(&self) -> impl Iterator<Item = (&'static Site, Visit)> + '_ {
        self.sites
            .iter()
            .enumerate()
            .filter_map(|(index, report)| Some((report.site?, visit(report.strategy, index))))
    }

    /// What a site has to do that is met after some others, those of the plan among them or not.
    pub(crate) fn decide(
        &self,
        site: &'static Site,
        met: impl Iterator<Item = &'static Site>,
        forced: &[Forced],
    ) -> Visit {
        if let Some(index) = self.unresolved(site) {
            return visit(self.sites[index].strategy, index);
        }
        let later = met.filter(|site| self.unresolved(site).is_none()).count();
        let key = self.unique_key(&site.key());
        visit(choose(site, &key, true, forced).0, self.sites.len() + later)
    }

    /// The entry of a plan read from outside that stands for `site`.
    fn unresolved(&self, site: &Site) -> Option<usize> {
        let key = site.key();
        self.sites.iter().position(|s| s.site.is_none() && s.key == key)
    }

    /// Takes a new site into the plan.
    pub(crate) fn adopt(&mut self, met: &Met, forced: &[Forced]) -> Result<(), Refusal> {
        if let Some(index) = self.unresolved(met.site) {
            self.sites[index].site = Some(met.site);
            return self.check_available(index, met.pathwise);
        }
        let key = self.unique_key(&met.site.key());
        let (strategy, reason) = choose(met.site, &key, met.pathwise, forced);
        self.sites.push(SiteReport {
            function: met.site.landmark.function.to_owned(),
            name: met.site.landmark.name.to_owned(),
            key,
            distribution: met.distribution.to_owned(),
            place: Place::of_landmark(&met.site.landmark),
            strategy,
            reason,
            site: Some(met.site),
        });
        for (name, _) in forced {
            self.check_unique(name)?;
        }
        self.check_available(self.sites.len() - 1, met.pathwise)
    }

    fn check_available(&self, index: usize, pathwise: bool) -> Result<(), Refusal> {
        let report = &self.sites[index];
        if report.strategy == Strategy::Pathwise && !pathwise {
            return Err(Refusal::Unavailable {
                site: report.key.clone(),
                place: report.place.clone(),
                distribution: report.distribution.clone(),
                strategy: report.strategy,
            });
        }
        Ok(())
    }

    fn unique_key(&self, key: &str) -> String {
        let mut unique = key.to_owned();
        let mut number = 1;
        while self.sites.iter().any(|site| site.key == unique) {
            number += 1;
            unique = format!("{key}#{number}");
        }
        unique
    }

    /// Scores the pathwise sites of `bits` from now on. Returns whether there were any: a number kept
    /// from another query may carry bits that mean nothing here.
    pub(crate) fn demote(&mut self, bits: u64, reason: &Reason) -> Result<bool, Refusal> {
        let mut changed = false;
        for (index, site) in self.sites.iter_mut().enumerate() {
            if site.strategy == Strategy::Pathwise && bits & (1 << bit(index)) != 0 {
                if site.fixed() {
                    let reason = reason.clone();
                    let SiteReport { key, place, strategy, .. } = site.clone();
                    return Err(Refusal::Invalid { site: key, place, strategy, reason });
                }
                site.strategy = Strategy::ScoreFunction;
                site.reason = reason.clone();
                changed = true;
            }
        }
        Ok(changed)
    }

    /// The bit of one site.
    pub(crate) fn bit_of(&self, site: &'static Site) -> u64 {
        let index = self.sites.iter().position(|s| s.site.is_some_and(|s| core::ptr::eq(s, site)));
        index.map_or(0, |index| 1 << bit(index))
    }
}

/// The provenance bit of a site; the last one is shared.
fn bit(index: usize) -> usize {
    index.min(SITE_BITS - 1)
}

fn visit(strategy: Strategy, index: usize) -> Visit {
    match strategy {
        Strategy::Pathwise => Visit::pathwise(bit(index)),
        Strategy::ScoreFunction => Visit::SCORE,
    }
}

/// The strategy that a site starts with.
fn choose(site: &Site, key: &str, pathwise: bool, forced: &[Forced]) -> (Strategy, Reason) {
    let requested =
        forced.iter().rev().find(|(name, _)| *name == site.landmark.name || name == key);
    match (requested, site.declared) {
        (Some((_, strategy)), _) => (*strategy, Reason::Requested),
        (None, Some(strategy)) => (strategy, Reason::Declared),
        (None, None) if pathwise => (Strategy::Pathwise, Reason::Continuous),
        (None, None) => (Strategy::ScoreFunction, Reason::NoPath),
    }
}
