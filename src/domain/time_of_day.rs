//! A time of day as people type it: `8`, `8:30`, `20h`, `8 pm`, `las 8`.
