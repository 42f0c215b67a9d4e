/** The agent that computes statistics over CSV and JSON, and nothing else. */
@NullMarked
package com.sutazai.agents.data;

import org.jspecify.annotations.NullMarked;
