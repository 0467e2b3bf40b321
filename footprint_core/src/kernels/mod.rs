//! One question, one file; each is a single pass over the layout.

pub mod buckets;
pub mod codes;
pub mod concurrency;
pub mod days;
pub mod funnel;
pub mod lifecycle;
pub mod people;
pub mod retention;
pub mod routes;
pub mod sessions;
pub mod tags;
pub mod transitions;
pub mod visits;
pub mod zone;
