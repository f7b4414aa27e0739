//! Chance that falls alike on every machine.
//!
//! Only operations that IEEE 754 fixes to the last bit are used (no logarithm, exponential or sine, which differ
//! between platforms), and no distribution of a library that could draw otherwise in its next version.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{RngCore, SeedableRng},
};

pub(crate) struct Rng(Xoshiro256PlusPlus);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Rng(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Evenly from 0 to `n` - 1; 0 where `n` is 0.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        // The high half of the product; the bias is at most n in 2^64. It is below n, so it fits.
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// Evenly from `from` to `to`, both among them.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// True `n` times in a thousand.
    pub(crate) fn per_mille(&mut self, n: u64) -> bool {
        self.below(1000) < n
    }

    pub(crate) fn bits(&mut self) -> u128 {
        u128::from(self.0.next_u64()) << 64 | u128::from(self.0.next_u64())
    }

    /// Nearly normal, mean 0, deviation 1, within ±4.9: the sum of eight even draws.
    pub(crate) fn normal(&mut self) -> f64 {
        const MEAN: f64 = 4.0 * 65_535.0;
        const DEVIATION: f64 = 53_509.919_7; // 65536 * sqrt(8 / 12)
        let mut bits = self.bits();
        let mut sum = 0;
        for _ in 0..8 {
            sum += (bits & 0xffff) as u32;
            bits >>= 16;
        }
        (f64::from(sum) - MEAN) / DEVIATION
    }

    /// One of a list that is not empty.
    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        // The draw is below the length.
        list[self.below(list.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_has_mean_0_and_deviation_1() {
        let mut rng = Rng::new(1);
        let draws: Vec<f64> = (0..100_000).map(|_| rng.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / 1e5 - mean * mean;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn draws_stay_in_their_ranges() {
        let mut rng = Rng::new(2);
        for _ in 0..10_000 {
            assert!(rng.below(7) < 7);
            assert!((3..=5).contains(&rng.between(3, 5)));
        }
        assert_eq!(rng.below(0), 0);
    }
}
