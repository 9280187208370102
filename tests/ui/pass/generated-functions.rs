//! Annotated functions that a user's macro writes, and functions annotated inside functions.

use scorepath::prelude::*;

macro_rules! shot {
    ($name:ident, $ty:ty, $distribution:expr, $power:literal) => {
        #[stochastic]
        fn $name(x: $ty, spread: Real) -> $ty {
            let z = sample!($distribution);
            (z * x + spread).powi($power)
        }
    };
}

shot!(normal, Real, Normal::new(0.0, 1.0), 2);

#[stochastic]
fn outer(x: Real) -> Real {
    #[stochastic]
    fn inner(y: Real) -> Real {
        Real::from(2.0) * sample!(Normal::new(y, 1.0))
    }
    fn helper<M: Mode>(x: Real<M>) -> Real<M> {
        x * 2.0
    }
    helper(call!(inner(x)))
}

fn main() {
    #[stochastic]
    fn local(x: Real) -> Real {
        sample!(Normal::new(x, 1.0))
    }
    assert_eq!(local(1.0).gradient().replicates(8).run().unwrap().gradient()[0].mean, 1.0);
    assert_eq!(outer(1.0).gradient().replicates(8).run().unwrap().gradient()[0].mean, 4.0);
    assert!(normal(1.0, 2.0).gradient().replicates(8).run().is_ok());
}
