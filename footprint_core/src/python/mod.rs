//! The bindings: Arrow in, Arrow out, nothing else. The only place that knows Python.
//!
//! Every call goes through [`guard::run`]: the interpreter lock is released and a panic becomes a
//! `RuntimeError`. Columns come in through the Arrow `PyCapsule` interface without a copy.

// Arguments arrive extracted and owned; their number is the number of a question's parameters.
#![allow(clippy::needless_pass_by_value, clippy::too_many_arguments)]

mod ask;
mod columns;
mod flows;
mod frame;
mod guard;
mod journeys;
mod layout;
mod people;
mod states;

use pyo3::prelude::*;

/// The compiled part of `footprint`.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::ask::{
        first_last, funnel, funnel_counts, lifecycle, retention, retention_users, user_days,
    };
    #[pymodule_export]
    use super::flows::{
        buckets, edges, presence_of_rows, presence_of_stays, routes, session_totals, sessions,
        transitions, visits,
    };
    #[pymodule_export]
    use super::frame::Frame;
    #[pymodule_export]
    use super::guard::{Cancelled, Task};
    #[pymodule_export]
    use super::journeys::{Journeys, journeys};
    #[pymodule_export]
    use super::layout::{Layout, encode, encode_bytes};
    #[pymodule_export]
    use super::people::{route_users, rows_of_users};
    #[pymodule_export]
    use super::states::{journeys_merged, journeys_state};
}
