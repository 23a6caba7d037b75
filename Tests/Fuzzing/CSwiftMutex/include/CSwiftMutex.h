/* Nothing to call: the module is linked for what it puts in the place of something else. */
