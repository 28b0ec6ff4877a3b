class Design {
    void limits(CommonsMultipartResolver resolver, ServletFileUpload upload) {
        // ruleid: java-unlimited-upload
        resolver.setMaxUploadSize(-1);
        // ruleid: java-unlimited-upload
        upload.setSizeMax(-1);
        // ok: java-unlimited-upload
        resolver.setMaxUploadSize(1000000);
        // ok: java-unlimited-upload
        upload.setSizeMax(limit);
    }

    void search(HttpServletRequest request, String text) {
        // ruleid: java-regex-from-request
        Pattern.compile(request.getParameter("words"));
        String start = request.getParameter("start");
        // ruleid: java-regex-from-request
        text.replaceAll("^" + start, "");
        // ok: java-regex-from-request
        Pattern.compile(Pattern.quote(start));
        // ok: java-regex-from-request
        Pattern.compile("^a").matcher(start);
    }
}
