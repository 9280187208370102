//! What happened to numbers during a replicate that decides whether its plan is sound.
//!
//! Operators have no access to the replicate's context, so what they see is noted here, once a
//! thread. Numbers that carry provenance cannot leave their thread, hence nothing is missed. The
//! hot path reads one flag; everything else is `#[cold]`.

mod guard;

use core::cell::{Cell, RefCell};
use core::panic::Location;

pub(crate) use guard::{Density, Pause, Promise, suspicious};

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

/// What one thread has seen.
struct Record {
    active: bool,
    leaked: bool,
    /// Sites that a `continuous!` made kinked, with the kinked bit where there is any.
    kinked: u64,
    /// Parameters that bent a number, where they are being collected.
    kink_lanes: u64,
    /// How many `continuous!` are being evaluated.
    continuous: u32,
    /// Site and distribution whose user-written density is being evaluated.
    density: Option<(&'static Landmark, &'static str)>,
    /// Whether a user-written path is being evaluated.
    path: bool,
    demoted: u64,
    demotions: Vec<Demotion>,
    violations: Vec<Violation>,
    notes: Vec<Note>,
}

thread_local! {
    static FLAGS: Flags = const {
        Flags { raised: Cell::new(0), collecting: Cell::new(false), landmark: Cell::new(None) }
    };
    static RECORD: RefCell<Record> = const { RefCell::new(Record::new(false)) };
}

fn with_record<T>(change: impl FnOnce(&mut Record) -> T) -> T {
    RECORD.with_borrow_mut(change)
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
    with_record(|record| record.kink_lanes |= lanes);
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
    record: Record,
    raised: u8,
    collecting: bool,
    landmark: Option<&'static Landmark>,
}

impl Record {
    const fn new(active: bool) -> Self {
        Self {
            active,
            leaked: false,
            kinked: 0,
            kink_lanes: 0,
            continuous: 0,
            density: None,
            path: false,
            demoted: 0,
            demotions: Vec::new(),
            violations: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn demote(&mut self, sites: u64, event: Event) {
        let fresh = sites & !self.demoted;
        if fresh != 0 {
            self.demoted |= fresh;
            self.demotions.push(Demotion { sites: fresh, event });
            trip();
        }
    }

    fn violate(&mut self, mut violation: Violation) {
        // A jump of a density is one of its support, and nothing that the program could mend.
        if let (Kind::MovingThreshold(jump), Some((landmark, distribution))) =
            (violation.kind, self.density)
        {
            let jump = Some(jump);
            violation.kind = Kind::MovingSupport { landmark, distribution, jump };
        }
        // Where nothing moves now, what was flattened before has to say whose doing it is.
        if violation.lanes == 0 {
            violation.lanes = self.kink_lanes;
        }
        match self.violations.iter_mut().find(|known| known.same(&violation)) {
            Some(known) => known.join(&violation),
            None => self.violations.push(violation),
        }
        trip();
    }

    fn note(&mut self, event: Event, tie: bool, outcome: bool) {
        let note = Note { event, tie, outcomes: 1 << u8::from(outcome), count: 1 };
        match self.notes.iter_mut().find(|known| known.same_line(&note)) {
            Some(known) => known.join(&note),
            None => self.notes.push(note),
        }
    }

    fn kink_sites(&mut self, bits: u64) {
        self.kinked |= (bits & SITES) | KINKED;
        raise(ALERT);
    }

    fn leak(&mut self) {
        self.leaked = true;
        raise(ALERT);
    }

    /// See [`jump`].
    fn jump(&mut self, operands: Operands, event: Event, outcome: bool) {
        let continuous = self.continuous > 0;
        let threshold = Violation { kind: Kind::MovingThreshold(event), lanes: operands.lanes };
        if operands.moves() {
            if operands.bits & CONTINUOUS == 0 && !self.leaked {
                self.note(event, false, outcome);
            } else if continuous {
                self.kink_sites(operands.bits);
            } else if operands.bits & SITES != 0 {
                self.demote(operands.bits & SITES, event);
            } else {
                self.violate(threshold);
            }
        }
        if !continuous && self.kinked & SITES != 0 {
            self.demote(self.kinked & SITES, event);
        } else if !continuous && self.kinked != 0 {
            self.violate(threshold);
        }
    }

    /// See [`plain`].
    fn plain(&mut self, operands: Operands, event: Event) {
        // A promise is about comparisons: it lets a flattened number through, not a slope.
        if operands.moves() && operands.lanes == 0 && self.continuous > 0 {
            self.kink_sites(operands.bits);
        } else if operands.moves() && operands.bits & SITES != 0 {
            self.demote(operands.bits & SITES, event);
        } else if operands.moves() {
            self.violate(Violation { kind: Kind::DerivativeDropped(event), lanes: operands.lanes });
        }
        if operands.bits & CONTINUOUS != 0 {
            self.leak();
        }
    }
}

impl Session {
    /// Starts to watch on this thread.
    pub(crate) fn begin() -> Self {
        let record = with_record(|record| core::mem::replace(record, Record::new(true)));
        FLAGS.with(|flags| Self {
            record,
            raised: flags.raised.replace(0),
            collecting: flags.collecting.replace(false),
            landmark: flags.landmark.replace(None),
        })
    }

    /// Ends it, with the notes of all its replicates.
    pub(crate) fn end(self) -> Vec<Note> {
        let notes = with_record(|record| core::mem::take(&mut record.notes));
        drop(self);
        notes
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        with_record(|record| core::mem::swap(record, &mut self.record));
        FLAGS.with(|flags| {
            flags.raised.set(self.raised);
            flags.collecting.set(self.collecting);
            flags.landmark.set(self.landmark);
        });
    }
}

/// Forgets what the last replicate did, for the next one; its notes stay.
#[cold]
pub(crate) fn forget() {
    FLAGS.with(|f| f.raised.set(0));
    with_record(|record| {
        let notes = core::mem::take(&mut record.notes);
        *record = Record { notes, ..Record::new(true) };
    });
}

/// Takes what the replicate left behind.
pub(crate) fn take_findings() -> Findings {
    with_record(|record| Findings {
        demotions: core::mem::take(&mut record.demotions),
        violations: core::mem::take(&mut record.violations),
    })
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
    let event = Event::new(operation, location);
    with_record(|record| {
        if record.active {
            record.jump(operands, event, outcome);
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
    let event = Event::new(operation, location);
    with_record(|record| {
        if record.active {
            record.plain(operands, event);
        }
    });
}

/// A library distribution was drawn from inside a user's path, so its parameters' derivatives end
/// there.
#[cold]
#[inline(never)]
pub(crate) fn drawn(operands: Operands, location: &'static Location<'static>) {
    if with_record(|record| record.path) {
        plain(operands, Operation::Plain("draw"), location);
    }
}

/// The kinked bit, if a number that moves and depends on a continuous draw was flattened to rounding.
#[cold]
#[inline(never)]
pub(crate) fn flattened(bits: u64, moves: bool) -> u64 {
    if moves && (bits & CONTINUOUS != 0 || leaked()) { KINKED } else { 0 }
}

/// The derivative of a pathwise number was cut off on purpose.
#[cold]
#[inline(never)]
pub(crate) fn detached(operands: Operands, location: &'static Location<'static>) {
    let event = Event::new(Operation::Detach, location);
    with_record(|record| {
        if record.active && operands.bits & SITES != 0 {
            record.demote(operands.bits & SITES, event);
        } else if record.active && record.path {
            // A path that cuts itself off from its parameters is none.
            let lanes = operands.lanes;
            record.violate(Violation { kind: Kind::DerivativeDropped(event), lanes });
        }
    });
}

/// The support of a scored draw moves with parameters alone.
#[cold]
#[inline(never)]
pub(crate) fn moving_support(landmark: &'static Landmark, distribution: &'static str, lanes: u64) {
    let kind = Kind::MovingSupport { landmark, distribution, jump: None };
    with_record(|record| record.violate(Violation { kind, lanes }));
}

/// Two sides of a kink met exactly.
#[cold]
#[inline(never)]
pub(crate) fn tie(operation: Operation, location: &'static Location<'static>) {
    let event = Event::new(operation, location);
    with_record(|record| {
        if record.active {
            record.note(event, true, false);
        }
    });
}

/// Whether a plain number may depend on a continuous draw.
pub(crate) fn leaked() -> bool {
    with_record(|record| record.leaked)
}

/// A draw's value holds plain floats.
#[cold]
pub(crate) fn leak() {
    with_record(|record| {
        if record.active {
            record.leak();
        }
    });
}
