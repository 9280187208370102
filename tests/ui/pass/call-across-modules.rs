//! `call!` of functions elsewhere, with plain numbers and with type arguments.

use scorepath::prelude::*;

mod walks {
    pub mod inner {
        use scorepath::prelude::*;

        #[stochastic]
        pub(crate) fn step(x: Real, spread: Real) -> Real {
            x + spread * sample!(Normal::new(0.0, 1.0))
        }

        #[stochastic]
        pub(in crate::walks) fn scaled<T: Into<f64>>(x: Real, scale: T) -> Real {
            x * scale.into()
        }
    }

    #[scorepath::stochastic]
    pub fn twice(x: scorepath::Real) -> scorepath::Real {
        scorepath::call!(inner::step(0.5, 0.0)) + scorepath::call!(inner::scaled::<f32>(x, 2.0))
    }

    #[scorepath::stochastic]
    pub fn plain(x: scorepath::Real) -> f64 {
        let _ = x;
        1.0
    }
}

#[stochastic]
fn outer(x: Real) -> Real {
    let y = call!(walks::twice(1));
    call!(self::walks::inner::step(x, y)) + call!(crate::walks::plain(2.0))
}

fn main() {
    let report = outer(1.0).gradient().replicates(64).run().unwrap();
    assert_eq!(report.gradient()[0].mean, 1.0);
}
