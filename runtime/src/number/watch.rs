//! What happened to numbers during a replicate that decides whether its plan is sound.
//!
//! Operators have no access to the replicate's context, so what they see is noted here, once a
//! thread. Numbers that carry provenance cannot leave their thread, hence nothing is missed. The
//! hot path reads one flag; everything else is `#[cold]`.

use core::cell::{Cell, RefCell};
use core::panic::Location;

use super::event::{Demotion, Event, Kind, Landmark, Note, Operation, Violation};
use super::provenance::{CONTINUOUS, KINKED, SITES};

/// The flags of one thread that the hot path reads or writes. They have no destructor, so reading
/// one is a single load.
struct Flags {
    /// Bits `ALERT` and `TRIPPED`.
    raised: Cell<u8>,
    /// Whether the parameters of a known violation are being collected.
    collecting: Cell<bool>,
    landmark: Cell<Option<&'static Landmark>>,
}

/// Leaked or kinked: every comparison of this replicate has to be looked at.
const ALERT: u8 = 1;
/// Something was seen that stops this replicate from counting.
const TRIPPED: u8 = 2;

/// The record of one thread.
struct Watch {
    active: Cell<bool>,
    leaked: Cell<bool>,
    kinked: Cell<u64>,
    /// Parameters that bent a number, where they are being collected.
    kink_lanes: Cell<u64>,
    continuous: Cell<u32>,
    density: Cell<Option<(&'static Landmark, &'static str)>>,
    path: Cell<bool>,
    demoted: Cell<u64>,
    demotions: RefCell<Vec<Demotion>>,
    violations: RefCell<Vec<Violation>>,
    notes: RefCell<Vec<Note>>,
}

thread_local! {
    static FLAGS: Flags = const {
        Flags { raised: Cell::new(0), collecting: Cell::new(false), landmark: Cell::new(None) }
    };
    static WATCH: Watch = const {
        Watch {
            active: Cell::new(false),
            leaked: Cell::new(false),
            kinked: Cell::new(0),
            kink_lanes: Cell::new(0),
            continuous: Cell::new(0),
            density: Cell::new(None),
            path: Cell::new(false),
            demoted: Cell::new(0),
            demotions: RefCell::new(Vec::new()),
            violations: RefCell::new(Vec::new()),
            notes: RefCell::new(Vec::new()),
        }
    };
}

/// Whether comparisons of numbers that do not move have to be looked at too.
#[inline(always)]
pub(crate) fn alert() -> bool {
    FLAGS.with(|f| f.raised.get() & ALERT != 0)
}

/// Whether kinks have to tell which parameters bend them.
#[inline(always)]
pub(crate) fn collecting() -> bool {
    FLAGS.with(|f| f.collecting.get())
}

/// From now on kinks tell which parameters bend them; until the session ends.
pub(crate) fn collect() {
    FLAGS.with(|f| f.collecting.set(true));
}

/// The parameters of `lanes` bend a number.
#[cold]
pub(crate) fn kink(lanes: u64) {
    WATCH.with(|w| w.kink_lanes.set(w.kink_lanes.get() | lanes));
}

/// Whether anything was seen in this replicate that has to be looked at or forgotten.
#[inline(always)]
pub(crate) fn raised() -> bool {
    FLAGS.with(|f| f.raised.get() != 0)
}

/// Stops this replicate from counting.
pub(crate) fn trip() {
    raise(TRIPPED);
}

fn raise(flag: u8) {
    FLAGS.with(|f| f.raised.set(f.raised.get() | flag));
}

/// Remembers the draw made last.
#[inline(always)]
pub(crate) fn pass(landmark: &'static Landmark) {
    FLAGS.with(|f| f.landmark.set(Some(landmark)));
}

/// The draw made last, where that is remembered.
pub(super) fn last_landmark() -> Option<&'static Landmark> {
    FLAGS.with(|f| f.landmark.get())
}

/// What one replicate left behind.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) demotions: Vec<Demotion>,
    pub(crate) violations: Vec<Violation>,
}

/// A stretch of replicates during which this thread watches; restores what was there before, as a
/// thread pool may run one query's chunk inside a body of another.
pub(crate) struct Session {
    outer: State,
}

#[derive(Default)]
struct State {
    active: bool,
    raised: u8,
    collecting: bool,
    leaked: bool,
    kinked: u64,
    kink_lanes: u64,
    continuous: u32,
    density: Option<(&'static Landmark, &'static str)>,
    path: bool,
    demoted: u64,
    landmark: Option<&'static Landmark>,
    demotions: Vec<Demotion>,
    violations: Vec<Violation>,
    notes: Vec<Note>,
}

impl Watch {
    fn exchange(&self, state: State) -> State {
        FLAGS.with(|flags| State {
            active: self.active.replace(state.active),
            raised: flags.raised.replace(state.raised),
            leaked: self.leaked.replace(state.leaked),
            collecting: flags.collecting.replace(state.collecting),
            kinked: self.kinked.replace(state.kinked),
            kink_lanes: self.kink_lanes.replace(state.kink_lanes),
            continuous: self.continuous.replace(state.continuous),
            density: self.density.replace(state.density),
            path: self.path.replace(state.path),
            demoted: self.demoted.replace(state.demoted),
            landmark: flags.landmark.replace(state.landmark),
            demotions: self.demotions.replace(state.demotions),
            violations: self.violations.replace(state.violations),
            notes: self.notes.replace(state.notes),
        })
    }

    fn demote(&self, sites: u64, event: Event) {
        let fresh = sites & !self.demoted.get();
        if fresh != 0 {
            self.demoted.set(self.demoted.get() | fresh);
            self.demotions.borrow_mut().push(Demotion { sites: fresh, event });
            trip();
        }
    }

    fn violate(&self, mut violation: Violation) {
        // Where nothing moves now, what was flattened before has to say whose doing it is.
        if let (Kind::MovingThreshold(_), Some((landmark, distribution))) =
            (violation.kind, self.density.get())
        {
            violation.kind = Kind::MovingSupport { landmark, distribution };
        }
        if violation.lanes == 0 {
            violation.lanes = self.kink_lanes.get();
        }
        let mut violations = self.violations.borrow_mut();
        match violations.iter_mut().find(|known| known.same(&violation)) {
            Some(known) => known.join(&violation),
            None => violations.push(violation),
        }
        trip();
    }

    fn note(&self, event: Event, tie: bool, outcome: bool) {
        let mut notes = self.notes.borrow_mut();
        let bit = 1 << u8::from(outcome);
        let known = notes
            .iter_mut()
            .find(|n| n.tie == tie && core::ptr::eq(n.event.location, event.location));
        match known {
            Some(note) => {
                note.outcomes |= bit;
                note.count += 1;
            }
            None => notes.push(Note { event, tie, outcomes: bit, count: 1 }),
        }
    }

    fn kink_sites(&self, bits: u64) {
        self.kinked.set(self.kinked.get() | (bits & SITES) | KINKED);
        raise(ALERT);
    }

    fn leak(&self) {
        self.leaked.set(true);
        raise(ALERT);
    }
}

impl Session {
    /// Starts to watch on this thread.
    pub(crate) fn begin() -> Self {
        let fresh = State { active: true, ..State::default() };
        Self { outer: WATCH.with(|w| w.exchange(fresh)) }
    }

    /// Ends it, with the notes of all its replicates.
    pub(crate) fn end(self) -> Vec<Note> {
        let notes = WATCH.with(|w| w.notes.take());
        drop(self);
        notes
    }
}

/// Forgets what the last replicate did, for the next one.
#[cold]
pub(crate) fn forget() {
    FLAGS.with(|f| f.raised.set(0));
    WATCH.with(|w| {
        w.leaked.set(false);
        w.kinked.set(0);
        w.kink_lanes.set(0);
        w.continuous.set(0);
        w.density.set(None);
        w.demoted.set(0);
        w.demotions.borrow_mut().clear();
        w.violations.borrow_mut().clear();
    });
}

/// Takes what the replicate left behind.
pub(crate) fn take_findings() -> Findings {
    WATCH.with(|w| Findings { demotions: w.demotions.take(), violations: w.violations.take() })
}

impl Drop for Session {
    fn drop(&mut self) {
        WATCH.with(|w| w.exchange(core::mem::take(&mut self.outer)));
    }
}

/// Operands of an operation, as the record needs them.
#[derive(Clone, Copy)]
pub(crate) struct Operands {
    /// Joined provenance.
    pub(crate) bits: u64,
    /// Lanes in which the discontinuity moves.
    pub(crate) lanes: u64,
}

impl Operands {
    fn moves(self) -> bool {
        self.lanes != 0 || self.bits & KINKED != 0
    }
}

/// A discontinuity was evaluated on a number that moves, is kinked, or while on alert.
#[cold]
#[inline(never)]
pub(crate) fn jump(
    operands: Operands,
    operation: Operation,
    outcome: bool,
    location: &'static Location<'static>,
) {
    WATCH.with(|w| {
        if !w.active.get() {
            return;
        }
        let event = Event::new(operation, location);
        let continuous = w.continuous.get() > 0;
        if operands.moves() {
            if operands.bits & CONTINUOUS == 0 && !w.leaked.get() {
                w.note(event, false, outcome);
            } else if continuous {
                w.kink_sites(operands.bits);
            } else if operands.bits & SITES != 0 {
                w.demote(operands.bits & SITES, event);
            } else {
                w.violate(Violation { kind: Kind::MovingThreshold(event), lanes: operands.lanes });
            }
        }
        let kinked = w.kinked.get();
        if !continuous && kinked & SITES != 0 {
            w.demote(kinked & SITES, event);
        } else if !continuous && kinked != 0 {
            w.violate(Violation { kind: Kind::MovingThreshold(event), lanes: operands.lanes });
        }
    });
}

/// A number that moves or depends on a continuous draw became a plain one.
#[cold]
#[inline(never)]
pub(crate) fn plain(
    operands: Operands,
    operation: Operation,
    location: &'static Location<'static>,
) {
    WATCH.with(|w| {
        if !w.active.get() {
            return;
        }
        let event = Event::new(operation, location);
        if w.continuous.get() > 0 && operands.moves() {
            w.kink_sites(operands.bits);
        } else if operands.moves() && operands.bits & SITES != 0 {
            w.demote(operands.bits & SITES, event);
        } else if operands.moves() {
            w.violate(Violation { kind: Kind::DerivativeDropped(event), lanes: operands.lanes });
        }
        if operands.bits & CONTINUOUS != 0 {
            w.leak();
        }
    });
}

/// A library distribution was drawn from inside a user's path, so its parameters' derivatives end
/// there.
#[cold]
#[inline(never)]
pub(crate) fn drawn(operands: Operands, location: &'static Location<'static>) {
    if WATCH.with(|w| w.path.get()) {
        plain(operands, Operation::Plain("draw"), location);
    }
}

/// The derivative of a pathwise number was cut off on purpose.
#[cold]
#[inline(never)]
pub(crate) fn detached(bits: u64, location: &'static Location<'static>) {
    WATCH.with(|w| {
        if w.active.get() && bits & SITES != 0 {
            w.demote(bits & SITES, Event::new(Operation::Detach, location));
        }
    });
}

/// The support of a scored draw moves with parameters alone.
#[cold]
#[inline(never)]
pub(crate) fn moving_support(landmark: &'static Landmark, distribution: &'static str, lanes: u64) {
    let kind = Kind::MovingSupport { landmark, distribution };
    WATCH.with(|w| w.violate(Violation { kind, lanes }));
}

/// Two sides of a kink met exactly.
#[cold]
#[inline(never)]
pub(crate) fn tie(operation: Operation, location: &'static Location<'static>) {
    WATCH.with(|w| {
        if w.active.get() {
            w.note(Event::new(operation, location), true, false);
        }
    });
}

/// Whether a plain number may depend on a continuous draw.
#[inline(always)]
pub(crate) fn leaked() -> bool {
    WATCH.with(|w| w.leaked.get())
}

/// A draw's value holds plain floats.
#[cold]
pub(crate) fn leak() {
    WATCH.with(|w| {
        if w.active.get() {
            w.leak();
        }
    });
}

/// While it lives, jumps on this thread are kinks: the user's promise of `continuous!`.
#[derive(Debug)]
pub struct Promise(());

impl Promise {
    /// Enters a `continuous!`.
    pub(crate) fn begin() -> Self {
        WATCH.with(|w| w.continuous.set(w.continuous.get() + 1));
        Self(())
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        WATCH.with(|w| w.continuous.set(w.continuous.get().saturating_sub(1)));
    }
}

/// While it lives, jumps are those of a user's density: what they move is its support.
pub(crate) struct Density {
    outer: Option<(&'static Landmark, &'static str)>,
}

impl Density {
    /// Enters the density of a site.
    pub(crate) fn begin(landmark: &'static Landmark, distribution: &'static str) -> Self {
        Self { outer: WATCH.with(|w| w.density.replace(Some((landmark, distribution)))) }
    }
}

impl Drop for Density {
    fn drop(&mut self) {
        WATCH.with(|w| w.density.set(self.outer));
    }
}

/// While it lives, this thread does not watch: validation, samplers and densities of a site look at
/// primals on purpose.
pub(crate) struct Pause {
    was_active: bool,
}

impl Pause {
    /// Stops watching, unless the code that follows reads primals through the library's own
    /// accessors and needs no pause.
    #[inline(always)]
    pub(crate) fn unless(vetted: bool) -> Option<Self> {
        if vetted { None } else { Some(Self::begin()) }
    }

    /// Stops watching.
    pub(crate) fn begin() -> Self {
        Self { was_active: WATCH.with(|w| w.active.replace(false)) }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        WATCH.with(|w| w.active.set(self.was_active));
    }
}

/// Runs a user's `pathwise`, in which every comparison of a moving number counts as depending on
/// the draw; returns the first jump seen, if any, and forgets it.
pub(crate) fn suspicious<T>(run: impl FnOnce() -> T) -> (T, Option<Event>) {
    let _session = Session::begin();
    WATCH.with(|w| {
        w.path.set(true);
        w.leak();
    });
    let value = run();
    let findings = take_findings();
    let event = findings
        .demotions
        .first()
        .map(|d| d.event)
        .or_else(|| findings.violations.iter().find_map(Violation::event).copied());
    (value, event)
}
