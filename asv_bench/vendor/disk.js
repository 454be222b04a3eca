// Makes asv's page work when it is opened from disk, where a browser refuses to read files.
//
// publish.py writes every JSON file of the page a second time, as a script beside it that
// calls pyframe_page("graphs/....json", {...}).  Scripts may be loaded from disk, so a
// request for JSON becomes a script element, and everything else stays as it was.
'use strict';

(function ($) {
    var waiting = {};
    var request = $.ajax;

    window.pyframe_page = function (path, content) {
        (waiting[path] || []).forEach(function (answer) { answer.resolve(content); });
        delete waiting[path];
    };

    $.ajax = function (options) {
        if (window.location.protocol !== 'file:' || options.dataType !== 'json') {
            return request.apply($, arguments);
        }
        var url = options.url.split('?')[0];
        var path = decodeURIComponent(url);
        var answer = $.Deferred();
        if (waiting[path]) {
            waiting[path].push(answer);
            return answer.promise();
        }
        waiting[path] = [answer];
        var script = document.createElement('script');
        script.src = url + '.js';
        script.onerror = function () {
            (waiting[path] || []).forEach(function (one) { one.reject(); });
            delete waiting[path];
        };
        script.onload = function () { script.remove(); };
        document.head.appendChild(script);
        return answer.promise();
    };

    // The legend of Flot 4 is drawn as SVG and leaves its background to the page's style.
    $('<style>.legendLayer .background { fill: white; fill-opacity: 0.85; }</style>')
        .appendTo(document.head);

    // A history that does not move is drawn across the middle, between labels that differ.
    var plot = $.plot;
    $.plot = $.extend(function (place, series, options) {
        var y = options && options.yaxis;
        if (y && y.min !== undefined && y.min === y.max && !y.transform) {
            var room = Math.abs(y.min) / 2 || 1;
            y = $.extend({}, y, {min: y.min - room, max: y.max + room, autoScale: 'none'});
            options = $.extend({}, options, {yaxis: y});
        }
        return plot(place, series, options);
    }, plot);

    // Flot draws bars of one category on top of each other; asv numbers its series with
    // bars.order and sets bars.barWidth to the room of one, so each moves to its own place.
    $.plot.plugins.push({
        name: 'side-by-side',
        version: '1',
        options: {},
        init: function (plot) {
            plot.hooks.processDatapoints.push(function (_, series, points) {
                if (!series.bars.show || series.bars.order === undefined) {
                    return;
                }
                var number = plot.getData().length;
                var shift = (series.bars.order - (number - 1) / 2) * series.bars.barWidth;
                for (var i = 0; i < points.points.length; i += points.pointsize) {
                    points.points[i] += shift;
                }
            });
        }
    });
})(window.jQuery);
