//! Days of the week as people type them: `weekdays`, `mon wed fri`, `fines de semana`.
