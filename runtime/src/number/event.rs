//! What may happen to numbers during a replicate that decides whether its plan is sound.

use core::panic::Location;

use super::watch::last_landmark;

/// The kind of operation that a number met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A comparison or another step function, by its name in the source.
    Jump(&'static str),
    /// A conversion to a plain number, by its name in the source.
    Plain(&'static str),
    /// `detach`.
    Detach,
    /// A density evaluated outside its support.
    Outside(&'static str),
}

impl Operation {
    /// As in the source.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jump(name) | Self::Plain(name) | Self::Outside(name) => name,
            Self::Detach => "detach",
        }
    }
}

/// A draw in the source. The one made last is the best that can be said of an event inside the
/// standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Landmark {
    /// The annotated function.
    pub(crate) function: &'static str,
    /// The site's name in it.
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl Landmark {
    /// `function.name`.
    pub(crate) fn key(&self) -> String {
        format!("{}.{}", self.function, self.name)
    }
}

/// An operation and the line it stands on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) operation: Operation,
    pub(crate) location: &'static Location<'static>,
    pub(crate) landmark: Option<&'static Landmark>,
}

impl Event {
    pub(super) fn new(operation: Operation, location: &'static Location<'static>) -> Self {
        Self { operation, location, landmark: last_landmark() }
    }

    /// Whether the operation stands in the standard library: in a sort, the comparison of tuples, or
    /// formatting.
    pub(crate) fn inside_std(&self) -> bool {
        if matches!(self.operation, Operation::Plain("fmt" | "draw")) {
            return true;
        }
        let file = self.location.file().replace('\\', "/");
        ["library/core/", "library/alloc/", "library/std/"].iter().any(|part| file.contains(part))
    }
}

/// Pathwise sites whose derivative would be wrong, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demotion {
    pub(crate) sites: u64,
    pub(crate) event: Event,
}

/// Something that no strategy of the sites can mend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Violation {
    pub(crate) kind: Kind,
    /// The parameter lanes that take part.
    pub(crate) lanes: u64,
}

/// What was violated, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A discontinuity moves with parameters alone.
    MovingThreshold(Event),
    /// A derivative with respect to parameters alone was dropped.
    DerivativeDropped(Event),
    /// The support of a scored draw moves with parameters alone.
    MovingSupport {
        landmark: &'static Landmark,
        distribution: &'static str,
        /// Where its density jumps, if that is what moves.
        jump: Option<Event>,
    },
}

impl Violation {
    /// The operation, if there was one.
    pub(crate) fn event(&self) -> Option<&Event> {
        match &self.kind {
            Kind::MovingThreshold(event) | Kind::DerivativeDropped(event) => Some(event),
            Kind::MovingSupport { .. } => None,
        }
    }

    /// Whether both are of one kind and on one line.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::MovingThreshold(a), Kind::MovingThreshold(b))
            | (Kind::DerivativeDropped(a), Kind::DerivativeDropped(b)) => {
                core::ptr::eq(a.location, b.location)
            }
            (Kind::MovingSupport { landmark: a, .. }, Kind::MovingSupport { landmark: b, .. }) => {
                core::ptr::eq(*a, *b)
            }
            _ => false,
        }
    }

    /// Adds the parameters of another replicate's violation, if it is the same one.
    pub(crate) fn join(&mut self, other: &Self) {
        if self.same(other) {
            self.lanes |= other.lanes;
        }
    }
}

/// A line that is right but looks like a mistake, or holds almost surely only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Note {
    pub(crate) event: Event,
    /// Tie at a kink, or the outcomes seen of a comparison (bit 0: false, bit 1: true).
    pub(crate) tie: bool,
    pub(crate) outcomes: u8,
    pub(crate) count: u64,
}

impl Note {
    /// Whether both stand on one line and say the same.
    pub(crate) fn same_line(&self, other: &Self) -> bool {
        self.tie == other.tie && core::ptr::eq(self.event.location, other.event.location)
    }

    /// Adds what the same replicates showed in another pass.
    pub(crate) fn overlay(&mut self, other: &Self) {
        self.outcomes |= other.outcomes;
        self.count = self.count.max(other.count);
    }

    /// Adds what another stretch of replicates saw.
    pub(crate) fn join(&mut self, other: &Self) {
        self.outcomes |= other.outcomes;
        self.count += other.count;
    }
}
