//! segue-tests
