//! segue-store
