/** The agent that tells what is in a text, by rules and counts alone: no model is asked. */
@NullMarked
package com.sutazai.agents.text;

import org.jspecify.annotations.NullMarked;
