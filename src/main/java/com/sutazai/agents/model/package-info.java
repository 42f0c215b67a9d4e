/** The agent that asks models and has things done to them: a class for each kind of task. */
@NullMarked
package com.sutazai.agents.model;

import org.jspecify.annotations.NullMarked;
