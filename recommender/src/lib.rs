//! segue
