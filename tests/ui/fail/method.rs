use scorepath::prelude::*;

struct Model {
    scale: f64,
}

impl Model {
    #[stochastic]
    fn f(&self, x: Real) -> Real {
        x * self.scale
    }
}

fn main() {}
