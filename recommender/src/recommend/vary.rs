//! Another answer of equal quality for each number, for a radio that does not repeat itself.
//!
//! The answer is drawn without replacement from the best candidates, [`CANDIDATES_PER_TRACK`] times as many as are wanted, where the
//! candidate of rank r (from 0) is drawn with a weight of exp(-r / wanted). The draw takes the largest of log weight plus Gumbel noise,
//! which is the same as drawing one by one by weight (Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir";
//! Vieira 2014, "Gumbel-max trick and weighted reservoir sampling"). The noise depends on the number and the row alone: the same number
//! gives the same answer.

use super::rank::Ranked;

/// An answer is drawn from so many times as many candidates.
pub(super) const CANDIDATES_PER_TRACK: usize = 3;

/// Candidates, which are in order, in the order in which they are drawn: the best ones by chance, those behind as they were.
pub(super) fn draw(ranked: &[Ranked], number: u32, want: usize) -> Vec<Ranked> {
    let (best, others) = ranked.split_at(ranked.len().min(want.saturating_mul(CANDIDATES_PER_TRACK)));
    let mut drawn: Vec<(f64, Ranked)> = best
        .iter()
        .enumerate()
        .map(|(rank, candidate)| (gumbel(number, candidate.row) - rank as f64 / want.max(1) as f64, *candidate))
        .collect();
    drawn.sort_by(|a, b| b.0.total_cmp(&a.0));
    drawn.into_iter().map(|(_, candidate)| candidate).chain(others.iter().copied()).collect()
}

/// Candidates, which are in order, without each third one, by chance: for a selection that goes by more than their order.
pub(super) fn thin(ranked: &[Ranked], number: u32) -> Vec<Ranked> {
    ranked.iter().filter(|candidate| uniform(number, candidate.row) < 2.0 / 3.0).copied().collect()
}

/// A number of the standard Gumbel distribution.
fn gumbel(number: u32, row: u32) -> f64 {
    -(-uniform(number, row).ln()).ln()
}

/// A number between 0 and 1, neither of them, for a row (the finaliser of `SplitMix64`, Steele, Lea and Flood 2014).
fn uniform(number: u32, row: u32) -> f64 {
    let mut mixed = (u64::from(number) << 32 | u64::from(row)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    ((mixed >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(count: u32) -> Vec<Ranked> {
        (0..count).map(|row| Ranked { row, score: 1.0 - f64::from(row) / 1e3 }).collect()
    }

    #[test]
    fn each_number_draws_others_of_the_best_and_the_same_one_the_same() {
        let all = ranked(100);
        let rows = |number: u32| draw(&all, number, 10).iter().map(|candidate| candidate.row).collect::<Vec<_>>();
        assert_eq!(rows(1), rows(1));
        let answers: std::collections::HashSet<Vec<u32>> = (0..50).map(|number| rows(number)[..10].to_vec()).collect();
        assert_eq!(answers.len(), 50);
        for number in 0..50 {
            let mut drawn = rows(number);
            assert!(drawn[..30].iter().all(|row| *row < 30) && drawn[30..].iter().copied().eq(30..100));
            drawn.sort_unstable();
            assert!(drawn.into_iter().eq(0..100), "each once");
        }
    }

    #[test]
    fn candidates_are_drawn_by_their_weights() {
        let all = ranked(30);
        let mut first = [0_u32; 30];
        for number in 0..20_000 {
            first[draw(&all, number, 10)[0].row as usize] += 1;
        }
        let weights: Vec<f64> = (0..30).map(|rank| (-f64::from(rank) / 10.0).exp()).collect();
        let sum: f64 = weights.iter().sum();
        for (rank, (count, weight)) in first.iter().zip(weights).enumerate() {
            let (found, expected) = (f64::from(*count) / 20_000.0, weight / sum);
            assert!((found - expected).abs() < 0.01, "rank {rank} is first in {found}, expected {expected}");
        }
    }

    #[test]
    fn two_thirds_are_left_of_each_number() {
        let all = ranked(3_000);
        for number in 0..5 {
            let left = thin(&all, number).len();
            assert!((1_850..2_150).contains(&left), "{left}");
        }
        assert_ne!(thin(&all, 1), thin(&all, 2));
    }
}
