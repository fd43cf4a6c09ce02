"""The test suite; its folders mirror server/."""
